// Zooms a stage at the pointer, by wheel, two fingers and double click, and in its middle by buttons and keys.

const STEP_IN = 1.25 // times, of a button or a key
const PER_PIXEL = 0.002 // how much of e a pixel of the wheel is
const LINE = 40 // pixels of a wheel that counts lines

class Zooming {
  // `plain`: the wheel alone zooms, and the keys wherever the focus is; else the wheel scrolls the page without Ctrl.
  constructor(stage, plain, changed) {
    Object.assign(this, { stage, plain, changed })
    this.pressed = (event) => this.key(event)
    for (const box of stage.boxes) this.listen(box)
  }

  begin() {
    if (this.plain) window.addEventListener("keydown", this.pressed, true)
  }

  listen(box) {
    box.addEventListener("wheel", (event) => this.wheel(box, event), { passive: false })
    box.addEventListener("touchmove", (event) => this.pinch(box, event), { passive: false })
    box.ontouchstart = box.ontouchend = box.ontouchcancel = () => (this.fingers = null)
    box.ondblclick = (event) => this.to(this.stage.fits ? 1 : "fit", event, box)
  }

  to(zoom, event, box = this.stage.boxes[0]) {
    const { left, top, width, height } = box.getBoundingClientRect()
    const at = event ? { x: event.clientX, y: event.clientY } : { x: left + width / 2, y: top + height / 2 }
    this.stage.zoomAt(box, zoom === "fit" ? 0 : zoom, at)
    this.changed(this.stage.zoom)
  }

  by(times, event, box = this.stage.boxes[0]) {
    this.to(this.stage.scale(box) * times, event, box)
  }

  wheel(box, event) {
    const isOut = event.deltaY > 0
    if (!event.deltaY || !(this.plain || event.ctrlKey) || (this.stage.fits && isOut && !event.ctrlKey)) return
    event.preventDefault()
    const pixels = event.deltaY * (event.deltaMode ? LINE : 1) * (event.ctrlKey && Math.abs(event.deltaY) < 20 ? 5 : 1)
    this.by(Math.exp(-pixels * PER_PIXEL), event, box)
  }

  pinch(box, event) {
    if (event.touches.length !== 2 || !event.cancelable) return
    event.preventDefault()
    const [one, two] = event.touches
    const now = {
      gap: Math.hypot(one.clientX - two.clientX, one.clientY - two.clientY),
      clientX: (one.clientX + two.clientX) / 2,
      clientY: (one.clientY + two.clientY) / 2,
    }
    const was = this.fingers ?? now
    this.fingers = now
    this.by(now.gap / was.gap, was, box)
    box.scrollBy(was.clientX - now.clientX, was.clientY - now.clientY)
  }

  key(event) {
    const at = event.composedPath()[0]
    const [box] = this.stage.boxes
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || at.matches?.(TEXT)) return
    const does = {
      "+": () => this.by(STEP_IN),
      "=": () => this.by(STEP_IN),
      "-": () => this.by(1 / STEP_IN),
      0: () => this.to("fit"),
      1: () => this.to(1),
      " ": this.stage.fits || !box.matches(":hover") ? null : () => {}, // held while an image is dragged it presses nothing
    }[event.key]
    if (!does || !box.checkVisibility()) return
    event.preventDefault()
    event.stopPropagation()
    does()
  }

  stop() {
    window.removeEventListener("keydown", this.pressed, true)
  }
}
