// What this page knows of the canvas library, in one place: where its canvas stands, what it is dressed with, and how a
// stroke is given to it, taken back from it, or sent.
//
// Paint is red on the canvas and the eraser draws in black. A filter shows red as the color of the overlay and black as
// nothing, so an erasing stroke takes paint away while it is drawn, and paint that overlaps does not add up.

const FREE = ["Brush", "Eraser"]
const AWAY = -20 // widths of the canvas to its left: where no stroke begins but one that is taken back

const STYLE = `
  .dc-toolbar { display: none !important; }
  .dc-scroll {
    box-sizing: border-box; height: var(--view-height); max-width: 100%; outline-offset: 2px;
    overflow: var(--overflow) !important; overscroll-behavior: contain; scrollbar-width: thin; width: var(--view-width);
  }
  .dc-scroll:focus-visible { outline: 2px solid var(--st-primary-color); }
  .dc-container {
    width: var(--width) !important; height: var(--height) !important; overflow: hidden;
    background: #808080 0 0 / 100% 100% padding-box; border: 0 solid transparent; background-clip: padding-box;
  }
  .canvas-container, .canvas-container canvas, .dc-background-canvas {
    width: var(--width) !important; height: var(--height) !important;
  }
  .canvas-container { filter: url(#paint); }
  .original .canvas-container { opacity: 0; }
  .dc-canvas { outline: none; }
  .pannable .upper-canvas { cursor: grab !important; }
  .panned .upper-canvas { cursor: grabbing !important; }
  .tip, .keyed {
    position: absolute; z-index: 30; border: 1px solid #fff; outline: 1px solid #000; pointer-events: none; display: none;
  }
  .tip { border-radius: 50%; transform: translate(-50%, -50%); }
  .keyed { border-style: dashed; box-sizing: border-box; }
`
const FILTER = `
  <svg width="0" height="0" style="position: absolute" aria-hidden="true">
    <filter id="paint" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB">
      <feColorMatrix type="matrix" />
    </filter>
  </svg>`

const findCanvas = (box) => {
  for (const host of box.querySelectorAll("*")) {
    const root = host.shadowRoot
    if (root?.querySelector(".dc-container .canvas-container")) return root
  }
  return null
}

// Dresses a canvas that is new; `told` is called whenever the library has set its buttons, as it does when it is given a
// drawing or a tool, and again once it shows it.
const dress = (root, told) => {
  const canvas = root.querySelector(".dc-container")
  if (canvas.querySelector(".tip")) return false
  if (!root.querySelector("style.paint")) {
    const style = document.createElement("style")
    style.className = "paint"
    style.textContent = STYLE
    root.append(style)
    root.append(...new DOMParser().parseFromString(FILTER, "text/html").body.children)
  }
  for (const name of ["tip", "keyed"]) {
    const mark = document.createElement("div")
    mark.className = name
    canvas.append(mark)
  }
  Object.assign(root.querySelector(".dc-scroll"), {
    tabIndex: 0, role: "application", ariaLabel: "Canvas: paint on the image. Press ? for the keys.",
  })
  new MutationObserver(told).observe(root.querySelector(".dc-toolbar"), { subtree: true, attributeFilter: ["aria-pressed"] })
  return true
}

const send = (root) => root?.querySelector(".dc-toolbar button")?.click()

// The same event once more, for the canvas: of another type, or at another place where one is given.
const again = (event, canvas, type = event.type, place = null) => {
  if (!(window.TouchEvent && event instanceof TouchEvent)) return new event.constructor(type, moved(event, place))
  const touches = [...event.changedTouches].map(
    (touch) => new Touch({ identifier: touch.identifier, target: canvas, ...spot(place ?? touch) })
  )
  return new TouchEvent(type, {
    bubbles: true, cancelable: true, composed: true, changedTouches: touches,
    touches: /end|cancel/.test(type) ? [] : touches,
  })
}

// What a mouse's first button says at a point of the page: of all its events only a pointer's are not at whole pixels.
const mouse = (type, clientX, clientY) => {
  const how = { bubbles: true, cancelable: true, composed: true, button: 0, isPrimary: true, view: window }
  return new PointerEvent(type, { ...how, clientX, clientY })
}

const spot = ({ clientX, clientY }) => ({ clientX, clientY, pageX: clientX + scrollX, pageY: clientY + scrollY })

const moved = (event, place) => {
  if (!place) return event
  const { bubbles, cancelable, composed, view, button, buttons, detail } = event
  return { bubbles, cancelable, composed, view, button, buttons, detail, ...place }
}

const KINDS = {
  mouse: { begin: "mousedown", move: "mousemove", end: "mouseup" },
  touch: { begin: "touchstart", move: "touchmove", end: "touchend" },
}
const kindOf = (event) => KINDS[event.type.startsWith("touch") ? "touch" : "mouse"]

// Takes back the stroke that began with `begun`. The library knows no such thing: a shape goes back to where it began
// and has no extent, and the brush begins anew where no hand can, both of which the server knows to be nothing.
const takeBack = (root, begun, tool) => {
  const canvas = root.querySelector(".upper-canvas")
  const { begin, move, end } = kindOf(begun)
  const { left, top, width } = canvas.getBoundingClientRect()
  const isFree = FREE.includes(tool)
  const { clientX, clientY } = begun.changedTouches?.[0] ?? begun
  const place = isFree ? { clientX: left + AWAY * width, clientY: top } : { clientX, clientY }
  if (isFree) canvas.dispatchEvent(again(begun, canvas, begin, place))
  else document.dispatchEvent(again(begun, canvas, move, place))
  document.dispatchEvent(again(begun, canvas, end, place))
}

// The library forgets an open polygon when its tool changes, and its own (hidden) button for editing changes it there
// and back.
const dropPolygon = (root) => {
  const edit = root.querySelector(".dc-toolbar [aria-pressed]")
  edit.click()
  edit.click()
}
