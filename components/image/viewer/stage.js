// What every view of pictures shares: boxes that show their planes fitted or larger, all moved as one. At a zoom of 1
// a pixel of the picture is a pixel of the page; where the screen has more of them, it is a square of the screen's.

const MOST = 8 // pixels of the page for one of the picture
const SHARPER = 1.25 // how much larger than its small copy a picture may be drawn before its own pixels are asked for

const TRIES = 6 // how often they are asked for
const AGAIN = 700 // milliseconds until they are asked for again, at least

const remembered = {
  // A view left and found again is as it was; the next pair begins with what this one was looked at with.
  get: (name, first) => {
    try {
      return sessionStorage.getItem(`triptych ${name}`) ?? first
    } catch {
      return first
    }
  },
  set: (name, value) => {
    try {
      sessionStorage.setItem(`triptych ${name}`, value)
    } catch {
      // A browser that keeps nothing forgets the choice with the page.
    }
  },
}

const chosen = (root, name) => root.querySelector(`input[name=${name}]:checked`)?.value

const choose = (root, name, value) => {
  const inputs = [...root.querySelectorAll(`input[name=${name}]`)]
  const input = inputs.find((one) => one.value === String(value)) ?? inputs[0]
  input.checked = true
  return input.value
}

// Arrows that move something here do not also leaf through the large view around it.
const keepArrows = (root) => {
  root.querySelector(".view").onkeydown = (event) => event.key.startsWith("Arrow") && event.stopPropagation()
}

// Replaces what `image` shows when the new picture can be drawn, so that it never blinks.
const swap = (image, url) => {
  if (image.dataset.url === url) return
  image.dataset.url = url
  if (!image.getAttribute("src")) return void (image.src = url)
  const next = new Image()
  next.src = url
  const show = () => image.dataset.url === url && (image.src = url)
  next.decode().then(show, show)
}

// Puts `image`, whose picture has another shape than its plane, into the plane's middle, as large as it fits.
const fitInto = (image, picture, plane) => {
  const scale = Math.min(plane.width / picture.width, plane.height / picture.height)
  const part = (edge) => (100 * picture[edge] * scale) / plane[edge]
  image.style.width = `${part("width")}%`
  image.style.height = `${part("height")}%`
  image.style.left = `${(100 - part("width")) / 2}%`
  image.style.top = `${(100 - part("height")) / 2}%`
}

// The pictures' own pixels as far as they have come; `ask` fetches them, once, and none is let go for a small copy.
class Pixels {
  constructor() {
    this.own = new Map()
    this.asked = ""
  }

  take(pictures) {
    this.pictures = pictures
    const ids = new Set(pictures.map((picture) => picture.id))
    for (const id of this.own.keys()) if (!ids.has(id)) this.own.delete(id)
    for (const picture of pictures) if (picture.own) this.own.set(picture.id, picture.own)
  }

  url(picture) {
    return this.own.get(picture.id) ?? picture.small
  }

  get missing() {
    return this.pictures.some((picture) => !this.own.has(picture.id))
  }

  want() {
    const ids = this.pictures.map((picture) => picture.id).join()
    if (this.asked !== ids && this.missing) this.insist(ids, TRIES)
  }

  // Of several views that ask in one moment Streamlit hears one, so each asks again at a moment of its own.
  insist(ids, tries) {
    this.asked = ids
    clearTimeout(this.again)
    if (!tries || !this.missing) return
    this.ask()
    this.again = setTimeout(() => this.insist(ids, tries - 1), AGAIN * (1 + Math.random()))
  }

  stop() {
    clearTimeout(this.again)
  }
}

class Stage {
  // `boxes` scroll, each holds one `.plane`; `size` is what 100 % means for all of them.
  constructor(boxes, moved) {
    this.boxes = boxes
    this.moved = moved
    this.zoom = "fit"
    this.size = { width: 1, height: 1 }
    this.watch = new ResizeObserver(() => this.layout())
    for (const box of boxes) this.listen(box)
  }

  listen(box) {
    box.onscroll = () => this.follow(box)
    box.onpointerdown = (event) => this.pan(box, event)
  }

  show(size, zoom, height) {
    this.size = size
    for (const box of this.boxes) {
      this.watch.observe(box)
      box.style.setProperty("--aspect", `${size.width} / ${size.height}`)
      box.style.setProperty("--most", `${height}px`)
    }
    const centre = this.centre()
    this.zoom = Number(zoom) || "fit"
    this.layout(centre)
  }

  get fits() {
    return this.zoom === "fit"
  }

  scale(box) {
    return this.fits ? this.fitting(box) : this.zoom
  }

  fitting(box) {
    return Math.min(box.offsetWidth / this.size.width, box.offsetHeight / this.size.height)
  }

  // What stands at (x, y) of the window, as parts of the picture. A plane that is too small to be moved stands in the
  // middle: while the pointer rests, what was under it before any zooming is what it means.
  under(box, x, y) {
    const { held } = this
    const near = (one, other) => Math.abs(one - other) <= 1
    const rests = held?.box === box && held.x === x && held.y === y
    if (rests && near(held.left, box.scrollLeft) && near(held.top, box.scrollTop)) return held
    const plane = box.querySelector(".plane").getBoundingClientRect()
    return { across: (x - plane.left) / plane.width, down: (y - plane.top) / plane.height }
  }

  // Zooms so that what stands at (x, y) of the window, in a box, stays there; no farther out than all of it is seen.
  zoomAt(box, zoom, { x, y }) {
    const plane = box.querySelector(".plane")
    const { across, down } = this.under(box, x, y)
    const least = this.fitting(box)
    this.zoom = zoom > least * 1.01 ? Math.min(zoom, Math.max(MOST, least)) : "fit"
    this.layout()
    const now = plane.getBoundingClientRect()
    box.scrollLeft += now.left + across * now.width - x
    box.scrollTop += now.top + down * now.height - y
    this.held = { box, x, y, across, down, left: box.scrollLeft, top: box.scrollTop }
  }

  // Where the middle of the view is, as parts of the picture.
  centre(box = this.boxes[0]) {
    const part = (scroll, view, whole) => (whole > view ? (scroll + view / 2) / whole : 0.5)
    return {
      x: part(box.scrollLeft, box.clientWidth, box.scrollWidth),
      y: part(box.scrollTop, box.clientHeight, box.scrollHeight),
    }
  }

  layout(centre = this.centre()) {
    for (const box of this.boxes) {
      const plane = box.querySelector(".plane")
      const scale = this.scale(box)
      box.classList.toggle("zoomed", !this.fits)
      plane.style.width = `${this.size.width * scale}px`
      plane.style.height = `${this.size.height * scale}px`
      plane.classList.toggle("pixels", scale * devicePixelRatio >= 2)
      this.look(box, centre)
    }
    this.moved()
  }

  look(box, { x, y }) {
    const left = Math.round(x * box.scrollWidth - box.clientWidth / 2)
    const top = Math.round(y * box.scrollHeight - box.clientHeight / 2)
    if (Math.abs(box.scrollLeft - left) > 1) box.scrollLeft = left
    if (Math.abs(box.scrollTop - top) > 1) box.scrollTop = top
  }

  follow(box) {
    const centre = this.centre(box)
    for (const other of this.boxes) if (other !== box) this.look(other, centre)
    this.moved()
  }

  pan(box, event) {
    if (this.fits || event.pointerType === "touch" || event.button) return
    event.preventDefault()
    box.focus({ preventScroll: true })
    box.setPointerCapture(event.pointerId)
    box.classList.add("panned")
    box.onpointermove = (move) => box.scrollBy(-move.movementX, -move.movementY)
    box.onpointerup = box.onpointercancel = () => {
      box.onpointermove = null
      box.classList.remove("panned")
    }
  }

  // Whether the planes are drawn so large that small copies of `edge` pixels are seen to be small copies.
  needsOwn(edge) {
    const drawn = Math.max(this.size.width, this.size.height) * this.scale(this.boxes[0]) * devicePixelRatio
    return drawn > edge * SHARPER && Math.max(this.size.width, this.size.height) > edge
  }
}
