// How the canvas is looked at: zoom, colour and strength of the paint, the size of the brush; and when it is at rest.
// None of it changes with a stroke, so that this file comes once and not with each; what does change comes by turn.js.
//
// Paint is red on the canvas and the eraser draws in black. A filter shows red as the colour of the overlay and black
// as nothing, so an erasing stroke takes paint away while it is drawn, and paint that overlaps does not add up.

const EVERY = 150 // milliseconds between looks for a canvas that has just been mounted
const REST = 300 // milliseconds after a stroke in which the next may begin before strokes are baked
const LONGEST = 4000 // milliseconds for which the canvas waits for what replaces its drawing
const LEAST = 16 // pixels, the shorter edge of a canvas however thin its picture is
const LONG = 3000 // moves of a stroke, a minute's: ten times as many take long to draw, a hundred break the connection
const MOUSE = ["mousedown", "mousemove", "mouseup"]
const TOUCH = ["touchstart", "touchmove", "touchend", "touchcancel"]
const FREE = ["Brush", "Eraser"]
const STEPS = ["undo", "redo", "clear"].map((key) => `.st-key-mask_${key} button:enabled`).join()
const ENDS = { mousemove: "mouseup", touchmove: "touchend" }

const state = new WeakMap()
const fresh = () => ({ calls: 0, points: 0, moves: 0, opens: 0, ended: -Infinity, down: false, paints: false, stroke: [] })

const STYLE = `
  .dc-toolbar { display: none !important; }
  .dc-scroll { overflow: auto !important; max-height: var(--most-height); overscroll-behavior: contain; }
  .dc-container {
    width: var(--width) !important; height: var(--height) !important; background-size: 100% 100%; overflow: hidden;
    background-color: #808080;
  }
  .canvas-container, .canvas-container canvas, .dc-background-canvas {
    width: var(--width) !important; height: var(--height) !important;
  }
  .canvas-container { filter: url(#paint); }
  .dc-canvas { outline: none; }
  .tip {
    position: absolute; z-index: 30; border: 1px solid #fff; outline: 1px solid #000; border-radius: 50%;
    pointer-events: none; transform: translate(-50%, -50%); display: none;
  }
`
const FILTER = `
  <svg width="0" height="0" style="position: absolute" aria-hidden="true">
    <filter id="paint" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB">
      <feColorMatrix type="matrix" />
    </filter>
  </svg>`

const HINTS = {
  Brush: "Paint over what should change.",
  Eraser: "Take paint away; what you erase stays as it is.",
  Rectangle: "Drag from corner to corner.",
  Ellipse: "Drag the box around the ellipse.",
  Polygon: "Click point by point; a click on the first point closes it.",
  Line: "Drag from end to end; it is as wide as the brush.",
}
const OPEN = "This polygon is still open and no part of the mask: click its first point to close it."
const ENDED = "This stroke has become too long and ends here. Let go, then paint on."

const findCanvas = () => {
  for (const host of document.querySelectorAll(".st-key-mask_box *")) {
    const root = host.shadowRoot
    if (root?.querySelector(".dc-container .canvas-container")) return root
  }
  return null
}

const dress = (mine, root) => {
  const canvas = root.querySelector(".dc-container")
  if (canvas.querySelector(".tip")) return
  if (!root.querySelector("style.paint")) {
    const style = document.createElement("style")
    style.className = "paint"
    style.textContent = STYLE
    root.append(style)
    root.append(...new DOMParser().parseFromString(FILTER, "text/html").body.children)
  }
  const tip = document.createElement("div")
  tip.className = "tip"
  canvas.append(tip)
  mine.isBare = true
  // The canvas sets its buttons when it is given a drawing, and again once it shows it.
  const given = new MutationObserver((changes) => (mine.opens -= changes.length))
  given.observe(root.querySelector(".dc-toolbar"), { subtree: true, attributeFilter: ["aria-pressed"] })
}

// How many pixels high the canvas may be: as the page's stylesheet says, in whatever unit.
const most = ({ data, stage }) => parseFloat(getComputedStyle(stage).maxHeight) || data.mostHeight

const sized = (mine) => {
  const { data, root } = mine
  const [width, height] = data.picture
  const room = root.host.parentElement.closest(".st-key-mask_box").clientWidth
  const factor = data.zoom || Math.min(room / width, most(mine) / height)
  return [width, height].map((edge) => Math.max(LEAST, Math.floor(edge * factor)))
}

const look = (mine) => {
  const { data, root } = mine
  const [width, height] = sized(mine)
  const style = root.host.style
  style.setProperty("--width", `${width}px`)
  style.setProperty("--height", `${height}px`)
  style.setProperty("--most-height", `${most(mine)}px`)
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(data.colour.slice(at, at + 2), 16) / 255)
  const o = data.opacity
  const rows = [[0, 0, 0, 0, r], [0, 0, 0, 0, g], [0, 0, 0, 0, b], [o, 0, 0, o, -o]]
  root.querySelector("feColorMatrix").setAttribute("values", rows.flat().join(" "))
  mine.scale = Math.min(width / data.picture[0], height / data.picture[1])
  mine.box.dataset.zoom = data.zoom
}

const say = (mine) => {
  const open = mine.points > 0 && mine.data.tool === "Polygon"
  const [width, height] = mine.data.picture
  const hint = `${HINTS[mine.data.tool] ?? ""} ${width} × ${height}, shown at ${Math.round(mine.scale * 100)}\u00a0%.`
  const text = mine.moves >= LONG ? ENDED : open ? OPEN : hint
  if (mine.status.textContent !== text) mine.status.textContent = text
  mine.status.classList.toggle("warns", text !== hint)
}

// While the canvas's drawing is being replaced, a stroke that begins would be lost. It is held and drawn afterwards, as
// soon as the server has heard from the canvas what it was given, and `expected` what it was held for.
const hold = (mine, expected = () => true) => {
  mine.held ??= []
  mine.expected = expected
  mine.box.dataset.canvas = "held"
  clearTimeout(mine.freeing)
  mine.freeing = setTimeout(free, LONGEST, mine)
}

// That the server has replaced the drawing that the canvas has now; `strokes`: or taken another stroke of it.
const replaced = ({ turn }, strokes = false) => (next) =>
  ["key", "round", ...(strokes ? ["strokes"] : [])].some((name) => next[name] !== turn?.[name])

// Draws what was held, up to a click among it; without a canvas it stays held.
const free = (mine) => {
  mine.freeing = clearTimeout(mine.freeing)
  const canvas = findCanvas()?.querySelector(".upper-canvas")
  const held = mine.held ?? []
  const end = held.findIndex((event) => event.type === "click")
  const [strokes, clicks] = end < 0 ? [held, []] : [held.slice(0, end), held.slice(end)]
  if (strokes.length && !canvas) return hold(mine, mine.expected)
  const click = clicks.shift()
  mine.held = click ? clicks : null
  mine.expected = () => false
  mine.box.dataset.canvas = click ? "held" : "ready"
  for (const event of strokes) (/down|start/.test(event.type) ? canvas : document).dispatchEvent(again(event, canvas))
  const ended = strokes.some((event) => /up|end/.test(event.type))
  if (ended && mine.data.boxed) hold(mine, replaced(mine, true))
  // Streamlit takes a stroke and a click that it hears of at once for one on a part of the page: the stroke goes first.
  const press = () => click && setTimeout(go, 0, mine, click)
  if (!ended) return press()
  setTimeout(() => {
    flush(mine)
    press()
  }, 0)
}

const go = (mine, click) => {
  click.at.dispatchEvent(new click.constructor(click.type, click))
  if (!mine.freeing) free(mine)
}

// A click acts on what was painted before it, so it waits for strokes that are held; what is painted after one that
// undoes is held until that is done.
const wait = (mine, event) => {
  if (mine.held?.length && event.isTrusted && !isOver(mine, event)) {
    event.stopImmediatePropagation()
    event.preventDefault()
    mine.held.push(Object.assign(event, { at: event.composedPath()[0] }))
  } else if (event.target.closest?.(STEPS)) hold(mine, replaced(mine))
}

const again = (event, canvas, type = event.type) => {
  if (!(window.TouchEvent && event instanceof TouchEvent)) return new event.constructor(type, event)
  const touches = [...event.changedTouches].map(
    ({ identifier, clientX, clientY, pageX, pageY }) =>
      new Touch({ identifier, clientX, clientY, pageX, pageY, target: canvas })
  )
  return new TouchEvent(type, {
    bubbles: true, cancelable: true, composed: true, changedTouches: touches,
    touches: /end|cancel/.test(type) ? [] : touches,
  })
}

const keepBack = (mine, event) => {
  const [begins, ends] = [/down|start/, /up|end|cancel/].map((kind) => kind.test(event.type))
  if (!event.isTrusted || !(begins ? isOver(mine, event) : mine.paints)) return
  mine.paints = !ends
  if (!mine.held) {
    if (begins || ends) mine.stroke = []
    if (!ends) mine.stroke.push(event)
    return
  }
  mine.held.push(event)
  event.stopImmediatePropagation()
  if (event.cancelable) event.preventDefault()
}

// A stroke is sent as a whole. One that has become too long ends where it is, and what it painted is kept.
const count = (mine, event) => {
  if (!mine.down || !ENDS[event.type] || !FREE.includes(mine.data.tool)) return
  mine.moves += 1
  if (mine.moves !== LONG) return
  mine.paints = false
  mine.stroke = []
  document.dispatchEvent(again(event, mine.root.querySelector(".upper-canvas"), ENDS[event.type]))
  say(mine)
}

const point = (mine, event) => {
  const tip = mine.root?.querySelector(".tip")
  if (!tip) return
  const box = mine.root.querySelector(".dc-container")
  const area = box.getBoundingClientRect()
  const [x, y] = [event.clientX - area.left, event.clientY - area.top]
  const shown = mine.data.brush > 0 && event.pointerType !== "touch" && isOver(mine, event)
  const edge = `${Math.max(2, mine.data.brush * mine.scale)}px`
  Object.assign(tip.style, { display: shown ? "block" : "none", left: `${x}px`, top: `${y}px`, width: edge, height: edge })
}

const isOver = (mine, event) => event.composedPath().includes(mine.root?.querySelector(".canvas-container"))

const rest = (mine) => {
  clearTimeout(mine.resting)
  if (!mine.turn?.heavy || mine.down) return
  mine.resting = setTimeout(() => {
    hold(mine, replaced(mine))
    mine.turn.rest()
  }, Math.max(0, REST - (performance.now() - mine.ended)))
}

// The canvas waits a moment before it sends a stroke. A click in that moment has to act on what is seen, so its own
// (hidden) button for sending is pressed at once. A polygon is sent by itself, and not before it is closed.
const flush = (mine) => {
  if (mine.data.tool !== "Polygon") send(mine)
}

const send = (mine) => mine.root?.querySelector(".dc-toolbar button")?.click()

const listen = (mine) => {
  const down = (event) => {
    if (!isOver(mine, event)) return
    mine.down = true
    mine.moves = 0
    clearTimeout(mine.resting)
    if (mine.data.tool === "Polygon") mine.points += 1
    say(mine)
  }
  const up = () => {
    if (!mine.down) return
    mine.down = false
    mine.ended = performance.now()
    setTimeout(flush, 0, mine) // once the canvas has heard of it too
    if (mine.data.boxed && !mine.held) hold(mine, replaced(mine, true))
    rest(mine)
  }
  const move = (event) => point(mine, event)
  const back = (event) => {
    count(mine, event)
    keepBack(mine, event)
  }
  const click = (event) => wait(mine, event)
  const all = { pointerdown: down, pointerup: up, pointercancel: up, pointermove: move, click }
  for (const name of [...MOUSE, ...TOUCH]) all[name] = back
  const how = { capture: true, passive: false }
  for (const [name, listener] of Object.entries(all)) document.addEventListener(name, listener, how)
  return () => Object.entries(all).forEach(([name, listener]) => document.removeEventListener(name, listener, how))
}

const fit = (mine) => {
  const root = findCanvas()
  if (!root) return
  mine.root = root
  dress(mine, root)
  look(mine)
  say(mine)
}

// A canvas that has just been mounted has none of the strokes that were taken of one before it, so it is given all.
const renew = (mine) => {
  if (!mine.isBare || !mine.turn) return
  mine.isBare = false
  if (!mine.turn.strokes) return
  hold(mine, replaced(mine))
  mine.turn.again()
}

// Where the canvas does not say by itself that it has been given something, as with a polygon or at first, it is asked.
const ask = (mine) => {
  if (mine.held && mine.turn && !mine.turn.drawn && mine.opens <= 0) send(mine)
}

// What the server has taken since: it may have given the canvas another drawing.
const take = (mine, turn) => {
  const before = mine.turn
  const isExpected = !mine.held || mine.expected(turn)
  mine.turn = turn
  if (before && replaced({ turn: before })(turn)) mine.opens = mine.points ? 2 : 0 // an open polygon must not be sent
  if (["round", "strokes", "key"].some((name) => before?.[name] !== turn[name])) mine.points = 0
  if (!turn.drawn) {
    hold(mine, isExpected ? undefined : mine.expected)
    mine.held.push(...mine.stroke.splice(0)) // the canvas forgets what it has of a stroke that is being painted
  } else if (isExpected) free(mine)
  Object.assign(mine.box.dataset, { steps: turn.steps, heavy: turn.heavy })
  fit(mine)
  renew(mine)
  rest(mine)
}

const follow = (mine) => {
  const { box } = mine
  const turned = () => take(mine, box.turn)
  box.addEventListener("turn", turned)
  if (box.turn) turned()
  return () => box.removeEventListener("turn", turned)
}

// Called anew when the look changes. What the newest call returns is called when the element goes; an older one's, too,
// where Streamlit had begun a newer call before the older was done.
export default function ({ data, parentElement }) {
  const mine = state.get(parentElement) ?? fresh()
  if (mine.data?.tool !== data.tool) mine.points = mine.moves = 0
  const [status, stage] = [".status", ".room"].map((name) => parentElement.querySelector(name))
  Object.assign(mine, { data, status, stage, box: document.querySelector(".st-key-mask_box") })
  if (!state.has(parentElement)) {
    state.set(parentElement, mine)
    mine.timer = setInterval(() => [fit, renew, ask].forEach((does) => does(mine)), EVERY)
    mine.silence = [listen(mine), follow(mine)]
  }
  fit(mine)
  const call = (mine.calls += 1)
  return () => {
    if (call !== mine.calls) return
    state.delete(parentElement)
    for (const timer of [mine.timer, mine.resting, mine.freeing]) clearTimeout(timer)
    for (const silence of mine.silence) silence()
  }
}
