// The keys of every page, and a click on an image. They press what is on the page, so that a key can do no more than a
// click, nor do it twice.
// The editor's and the views' own keys go first: they listen on the way down and keep what is theirs.

const RUN = ".st-key-run button"
const SEND = '.st-key-message [data-testid="stChatInputSubmitButton"]'
const CANCEL = ".st-key-cancel button"
const PROMPTS = ".st-key-prompt textarea, .st-key-message textarea, .st-key-prompts textarea"
const SENT = ".st-key-prompt textarea, .st-key-message textarea" // a list of prompts has its price to be seen first
const PARTS = '[class*="st-key-slots_"] > *, [class*="st-key-turn_"], .st-key-batch_row' // where an image stands with its buttons
const ENLARGE = '[class*="st-key-enlarge_"] button'
const LARGE = '[class*="st-key-enlarge_"], [class*="st-key-tile_"], .st-key-compare_tools' // what opens it
const OVER = '[role="dialog"], dialog[open], [data-testid="stPopoverBody"], [role="listbox"], [role="menu"]'
const KEYS = [
  ["Ctrl Enter, ⌘ Enter", "Run", `${RUN}, ${SEND}`],
  ["Esc", "Cancel the run, or close what is open", "body"],
  ["/", "Go to the prompt", PROMPTS],
  ["← → + − 0 1", "In the large view: previous, next, zoom, fit, 100 %", LARGE],
  ["?", "This list", "body"],
]

const composes = (event) => event.isComposing || event.keyCode === 229
const prompt = () => [...document.querySelectorAll(PROMPTS)].find((one) => one.checkVisibility())
const press = (where) => document.querySelector(`:is(${where}):enabled`)

const showList = (dialog) => {
  const rows = KEYS.filter(([, , where]) => document.querySelector(where))
  const texts = rows.flatMap(([key, what]) => [["dt", key], ["dd", what]])
  dialog.querySelector("dl").replaceChildren(...texts.map(([tag, textContent]) => Object.assign(document.createElement(tag), { textContent })))
  dialog.showModal()
}

// What the key does; null where it is none of ours. A prompt takes two keys, every other text field none.
const meant = (event, name, dialog) => {
  const inPrompt = event.composedPath()[0].matches?.(PROMPTS)
  const control = (event.ctrlKey || event.metaKey) && !event.altKey
  if (event.key === "Enter" && control && (event.composedPath()[0].matches?.(SENT) || name)) {
    const target = press(RUN) ?? (!event.defaultPrevented && press(SEND)) // the message bar sends by itself, too
    return target ? () => target.click() : null
  }
  if (control || event.altKey) return null
  if (event.key === "Escape" && (inPrompt || name)) {
    const target = press(CANCEL)
    return target ? () => target.click() : null
  }
  if (name === "/" && prompt()) return () => prompt().focus()
  return name === "?" ? () => showList(dialog) : null
}

// A click on an image opens it large; its button is the nearest in the same part of the page.
const opensLarge = (event) => {
  const image = event.composedPath()[0]
  const part = image.matches?.(".stImage img") && image.closest(PARTS)
  for (let at = image; part && part.contains(at); at = at.parentElement) {
    const button = at.querySelector(ENLARGE)
    if (!button) continue
    button.focus({ preventScroll: true }) // where the focus comes back to
    return button.click()
  }
}

export default function ({ parentElement }) {
  const dialog = parentElement.querySelector("dialog")
  const unfollow = followScheme()
  let isFree = false
  // On the way down: by the time the page has heard of Esc, what it closes is closed.
  const before = () => {
    isFree = !dialog.open && !document.querySelector(OVER)
  }
  const pressed = (event) => {
    if (!isFree || composes(event) || event.repeat) return
    const does = meant(event, keyOf(event), dialog)
    if (!does) return
    event.preventDefault()
    does() // the prompt has told the page its new text by now: it hears the key first
  }
  window.addEventListener("keydown", before, true)
  window.addEventListener("keydown", pressed)
  window.addEventListener("click", opensLarge)
  document.querySelector(".st-key-page_keys").dataset.keys = "on" // for whoever waits until a key can be pressed
  return () => {
    unfollow()
    window.removeEventListener("keydown", before, true)
    window.removeEventListener("keydown", pressed)
    window.removeEventListener("click", opensLarge)
  }
}
