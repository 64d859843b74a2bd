// Keys of the editor. None is ours while somebody types, composes a letter, or has a window open over the page.

const TOOL_KEYS = { b: "Brush", e: "Eraser", r: "Rectangle", o: "Ellipse", p: "Polygon", l: "Line" }
const HELD = 250 // milliseconds after which a key that is down is held and not tapped
const TELLING = 120 // milliseconds after the last press in which the brush's size is told
const BRUSHES = { "[": 0.8, "]": 1.25 }
const KEYS = [
  ["B  E  R  O  P  L", "Brush, eraser, rectangle, ellipse, polygon, line"],
  ["[  ]", "Smaller, larger brush"],
  ["Ctrl Z", "Undo"],
  ["Shift Ctrl Z", "Redo"],
  ["Space + drag", "Move the image"],
  ["Ctrl + wheel, + −", "Zoom"],
  ["0", "Fit"],
  ["F", "Full window"],
  ["Hold O", "Show the original"],
  ["Enter", "Place a rectangle or ellipse, and paint it"],
  ["Arrows, Shift + arrows", "Move it, change its size"],
  ["Ctrl Enter, ⌘ Enter", "Run"],
  ["/", "Go to the prompt"],
  ["Esc", "Cancel"],
  ["?", "This list"],
]

const brushOf = ({ data, wanted }) => (data.brush && wanted.brush) || data.brush

const keyDown = (mine, event) => {
  const name = keyOf(event)
  if (!name || !mine.root?.host.isConnected || mine.find(".keys").open) return
  const control = event.ctrlKey || event.metaKey
  const isPlain = !event.altKey || BRUSHES[event.key] // on many a keyboard a bracket is typed with Alt
  const does = control && !event.getModifierState("AltGraph") ? controlKey(event, name) : isPlain && plainKey(mine, event, name)
  if (!does) return
  swallow(event)
  if (!event.repeat || does.repeats) does(mine)
}

const controlKey = (event, name) => {
  if (name === "z") return (mine) => step(mine, event.shiftKey ? "redo" : "undo")
  return name === "y" && ((mine) => step(mine, "redo"))
}

const plainKey = (mine, event, name) => {
  if (name === " ") return isPanKey(mine) && space
  if (name === "escape") return escape(mine) && (() => {})
  const boxed = boxKey(mine, event, name)
  if (boxed) return boxed
  const factor = BRUSHES[event.key] ?? BRUSHES[name]
  if (factor) return Object.assign((mine) => resize(mine, factor), { repeats: true })
  if (name === "o") return holdOriginal
  if (TOOL_KEYS[name]) return (mine) => takeUp(mine, TOOL_KEYS[name])
  const others = { 0: (mine) => zoomTo(mine, 0), f: (mine) => fullWindow(mine, !isFull(mine)), "?": showKeys }
  const zooms = { "+": (mine) => zoomBy(mine, STEP), "-": (mine) => zoomBy(mine, 1 / STEP) }
  return others[name] ?? zooms[name]
}

// Space presses a button that was reached by keys; over the canvas it moves the picture, whatever the mouse clicked last.
const isPanKey = (mine) => {
  const focused = mine.root.activeElement ?? document.activeElement
  const isOurs = focused === document.body || focused === mine.root.host || focused === mine.root.activeElement
  return isOurs || (mine.isHovered && !focused.matches(":focus-visible"))
}

const space = (mine) => {
  mine.spaced = true
  look(mine)
  ring(mine)
}

const keyUp = (mine, event) => {
  if (event.key === " " && mine.spaced) {
    event.preventDefault()
    letGo(mine)
  }
  if (event.key.toLowerCase() === "o" || event.code === "KeyO") letOriginalGo(mine)
}

// The keys that are down are let go: also where the window is left, which hears of none.
const letGo = (mine) => {
  mine.spaced = false
  clearTimeout(mine.holding)
  mine.holding = null
  showOriginal(mine, false)
  if (mine.root) look(mine)
  ring(mine)
}

const holdOriginal = (mine) => {
  mine.holding = setTimeout(() => {
    mine.holding = null
    showOriginal(mine, true)
  }, HELD)
}

const letOriginalGo = (mine) => {
  const isTap = Boolean(mine.holding)
  clearTimeout(mine.holding)
  mine.holding = null
  showOriginal(mine, false)
  if (isTap) takeUp(mine, TOOL_KEYS.o)
}

const showOriginal = (mine, shown) => mine.root?.querySelector(".dc-root").classList.toggle("original", shown)

const takeUp = (mine, name) => inTurn(mine, () => toolButtons()[mine.data.tools.indexOf(name)]?.click())

const step = (mine, name) => inTurn(mine, () => document.querySelector(`.st-key-mask_${name} button:enabled`)?.click())

const resize = (mine, factor) => inTurn(mine, () => {
  const before = brushOf(mine)
  if (!before) return
  const grown = factor > 1 ? Math.max(before + 1, Math.round(before * factor)) : Math.min(before - 1, Math.round(before * factor))
  const brush = Math.min(mine.data.widest, Math.max(1, grown))
  if (brush === before) return
  choose(mine, { brush })
  ring(mine)
  clearTimeout(mine.telling)
  mine.telling = setTimeout(tellBrush, TELLING, mine)
})

// Of two things that are asked for in one moment Streamlit may hear one, so it is told again until it has heard.
const tellBrush = (mine) => {
  const { brush } = mine.wanted
  if (!brush || !isWanting({ ...mine, wanted: { brush } })) return
  mine.asked = brush
  mine.trigger("brush", brush)
  if (brush === mine.data.brush && !mine.question) question(mine) // a new one would not know the answer to the last
  mine.telling = setTimeout(tellBrush, INSISTING, mine)
}

// Cancels what is nearest: a shape that is being placed, a stroke, an open polygon, the full window.
const escape = (mine) => {
  if (dropBox(mine) || cancel(mine)) return true
  if (mine.points && mine.data.tool === "Polygon") {
    dropPolygon(mine.root)
    mine.points = 0
    say(mine)
    return true
  }
  if (!isFull(mine)) return false
  fullWindow(mine, false)
  return true
}

const showKeys = (mine) => {
  const list = mine.find(".keys dl")
  if (!list.children.length) {
    for (const row of KEYS) row.forEach((text, at) => list.append(Object.assign(document.createElement(at ? "dd" : "dt"), { textContent: text })))
  }
  mine.find(".keys").showModal()
}
