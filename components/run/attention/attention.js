// How a run stands, for who does not look at it: one polite live region, the focus, the tab's title, a notification.

const GONE = 3000 // milliseconds for which the page may still show Cancel after a run's end
const ASKED = "triptych-notifications-asked"
const state = (window.triptychAttention ??= { runs: new Map(), prefix: "" })

const region = () => {
  const found = document.getElementById("triptych-live")
  if (found) return found
  const made = Object.assign(document.createElement("div"), { id: "triptych-live" })
  made.setAttribute("role", "status")
  made.setAttribute("aria-live", "polite")
  made.style.cssText = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"
  document.body.append(made)
  return made
}

const within = (...keys) => keys.some((key) => document.activeElement?.closest(`.st-key-${key}`))
const isLost = () => !document.activeElement || document.activeElement === document.body

// Calls `act` as soon as `ready` holds, or once it has waited long enough. No frames: a tab behind another draws none.
const soon = (ready, act, until = Date.now() + GONE) =>
  ready() || Date.now() > until ? act() : setTimeout(() => soon(ready, act, until), 50)

const toCancel = () => {
  const button = () => document.querySelector(".st-key-cancel button")
  soon(button, () => (within("run") || isLost()) && button()?.focus({ preventScroll: true }))
}

const toImage = (key) => {
  const is = () => isLost() || within("cancel", "run")
  if (!is()) return
  soon(
    () => !document.querySelector(".st-key-cancel"),
    () => {
      const stage = document.querySelector(`.st-key-${CSS.escape(key)}`)
      const target = stage?.querySelector('[class*="st-key-slots_"] img, [class*="st-key-shown_"] img') ?? stage
      if (!target || !is()) return
      target.tabIndex = -1
      target.focus({ preventScroll: true })
    }
  )
}

const titled = () => {
  if (state.prefix && !document.title.startsWith(state.prefix)) document.title = state.prefix + document.title
}

const untitled = () => {
  if (document.hidden) return
  if (document.title.startsWith(state.prefix)) document.title = document.title.slice(state.prefix.length)
  state.prefix = ""
}

// Streamlit writes the title again at every run of the page.
if (!state.watches) {
  state.watches = new MutationObserver(titled)
  state.watches.observe(document.head, { childList: true, subtree: true, characterData: true })
  document.addEventListener("visibilitychange", untitled)
}

const tell = (said, prompt) => {
  if (!document.hidden) return
  state.prefix = `${said} · `
  titled()
  if (window.Notification?.permission === "granted") new Notification(said, { body: prompt, tag: "triptych" })
}

const asking = (button, running) => {
  const open = window.Notification?.permission === "default" && !localStorage.getItem(ASKED)
  button.hidden = !(running && open)
  button.onclick = async () => {
    localStorage.setItem(ASKED, "1")
    button.hidden = true
    await Notification.requestPermission()
  }
}

// Tells the server once that the images of a run are there, or cannot be shown: then comes what stands beside them.
const seen = (ticket, stage, tell) => {
  if (state.seen === ticket) return
  state.seen = ticket
  const images = document.querySelectorAll(`.st-key-${CSS.escape(stage)} [class*="st-key-slots_"] img`)
  const there = (image) =>
    image.complete || new Promise((go) => ["load", "error"].forEach((end) => image.addEventListener(end, go)))
  Promise.all([...images].map(there)).then(() => tell(ticket))
}

export default function ({ data, parentElement, setTriggerValue }) {
  const { ticket, done, said, prompt, stage, tells } = data
  const live = region()
  if (live.textContent !== said) live.textContent = said
  const before = state.runs.get(ticket)
  state.runs.set(ticket, done)
  if (before === undefined && !done) toCancel()
  if (before === undefined && done && within("run")) toImage(stage)
  if (before === false && done) {
    toImage(stage)
    tell(said, prompt)
  }
  asking(parentElement.querySelector("button"), !done)
  if (tells) seen(ticket, stage, (one) => setTriggerValue("seen", one))
}
