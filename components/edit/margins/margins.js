// The room around an image. `data.box` is where the image lies in `data.size` pixels, `data.amounts` what its sides grow
// by, in per cent of its edges or in its own pixels. While a handle is dragged nothing is scaled, so that it stays under
// the pointer; the server then says what comes of it.

const STEPS = { "%": 5, px: 16 } // what an arrow key adds, as the buttons of the fields do
const OUTWARD = [[0, -1], [1, 0], [0, 1], [-1, 0]] // of top, right, bottom and left, to the right and down
const INSETS = ["top", "right", "bottom", "left"]
const KEYS = { ArrowUp: 1, ArrowRight: 1, PageUp: 4, ArrowDown: -1, ArrowLeft: -1, PageDown: -4 }
const kept = new WeakMap()

class Margins {
  constructor(root) {
    this.frame = root.querySelector(".frame")
    this.room = root.querySelector(".room")
    this.image = root.querySelector("img")
    this.handles = INSETS.map((side) => root.querySelector(`.${side}`))
    this.handles.forEach((handle, side) => {
      handle.onpointerdown = (event) => this.drag(side, handle, event)
      handle.onkeydown = (event) => this.key(side, event)
    })
  }

  take(data, tell) {
    this.data = data
    this.tell = tell
    const [left, top, right, bottom] = data.box
    const [wide, high] = data.size
    const set = (name, value) => this.frame.style.setProperty(name, value)
    set("--wide", wide)
    set("--high", high)
    set("--image-left", `${(100 * left) / wide}%`)
    set("--image-top", `${(100 * top) / high}%`)
    set("--image-wide", `${(100 * (right - left)) / wide}%`)
    set("--image-high", `${(100 * (bottom - top)) / high}%`)
    if (this.image.getAttribute("src") !== data.image.small) this.image.src = data.image.small
    this.image.alt = data.image.alt
    this.handles.forEach((handle, side) => {
      const said = { role: "slider", tabindex: 0, "aria-label": data.sides[side], "aria-valuemin": 0 }
      said["aria-orientation"] = side % 2 ? "horizontal" : "vertical"
      said["aria-valuemax"] = data.most
      for (const [name, value] of Object.entries(said)) handle.setAttribute(name, value)
    })
    this.show(data.amounts)
    this.room.style.inset = 0
  }

  show(amounts) {
    this.handles.forEach((handle, side) => {
      handle.setAttribute("aria-valuenow", amounts[side])
      handle.setAttribute("aria-valuetext", `${amounts[side]} ${this.data.unit}`)
      handle.title = `${this.data.sides[side]}: ${amounts[side]} ${this.data.unit}`
    })
  }

  // Pixels of the page to a step of one of the unit, along a side.
  perUnit(side) {
    const edge = side % 2 ? this.image.offsetWidth : this.image.offsetHeight
    return this.data.unit === "%" ? edge / 100 : edge / (side % 2 ? this.data.image.width : this.data.image.height)
  }

  with(side, amount) {
    const bounded = Math.max(0, Math.min(this.data.most, Math.round(amount)))
    return this.data.amounts.map((one, at) => (at === side ? bounded : one))
  }

  drag(side, handle, down) {
    if (down.button) return
    const per = this.perUnit(side)
    let asked = this.data.amounts
    handle.setPointerCapture(down.pointerId)
    handle.onpointermove = (event) => {
      const [right, below] = OUTWARD[side]
      const outward = (event.clientX - down.clientX) * right + (event.clientY - down.clientY) * below
      asked = this.with(side, this.data.amounts[side] + outward / per)
      this.room.style[INSETS[side]] = `${(this.data.amounts[side] - asked[side]) * per}px`
      this.show(asked)
    }
    handle.onpointerup = () => {
      this.letGo(handle)
      this.ask(asked)
    }
    handle.onpointercancel = () => {
      this.letGo(handle)
      this.room.style.inset = 0
      this.show(this.data.amounts)
    }
  }

  letGo(handle) {
    handle.onpointermove = handle.onpointerup = handle.onpointercancel = null
  }

  key(side, event) {
    const by = KEYS[event.key]
    const end = { Home: 0, End: this.data.most }[event.key]
    if ((by ?? end) === undefined || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    this.ask(this.with(side, end ?? this.data.amounts[side] + by * STEPS[this.data.unit]))
  }

  ask(amounts) {
    if (String(amounts) === String(this.data.amounts)) return
    this.data = { ...this.data, amounts } // the next key goes on from here, before the server has said anything
    this.show(amounts)
    this.tell(amounts)
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!kept.has(parentElement)) kept.set(parentElement, new Margins(parentElement))
  kept.get(parentElement).take(data, (amounts) => setTriggerValue("amounts", amounts))
}
