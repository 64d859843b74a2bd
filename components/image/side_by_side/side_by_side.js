// Pictures in a row, or one that is `data.alone`: `data.pictures`, and `data.captions`, for each a list of name, value
// and whether it differs.

const SMALL = 1024 // pixels, the longer edge of the small copies
const kept = new WeakMap()

const written = (dl, [name, value, differs]) => {
  const term = document.createElement("dt")
  const words = document.createElement("dd")
  const text = document.createElement("span")
  term.textContent = name
  text.textContent = value
  words.append(text)
  words.classList.toggle("differs", differs)
  dl.append(term, words)
}

class Row {
  constructor(root) {
    this.root = root
    this.pixels = new Pixels()
    this.radios = [...root.querySelectorAll("input[name=zoom]")]
    for (const input of this.radios) input.onchange = () => this.zooming.to(Number(input.value) || "fit")
    root.querySelector(".out").onclick = () => this.zooming.by(1 / STEP_IN)
    root.querySelector(".in").onclick = () => this.zooming.by(STEP_IN)
    root.querySelector(".view").onkeydown = (event) => this.keepArrows(event)
  }

  // Arrows that choose or scroll something here do not also leaf through the large view around it.
  keepArrows(event) {
    if (event.key.startsWith("Arrow") && (!this.stage.fits || event.target.matches("input"))) event.stopPropagation()
  }

  take(data) {
    this.height = data.height
    this.alone = data.alone
    this.zoom ??= this.alone ? "fit" : remembered.get("zoom", "fit")
    this.root.querySelector(".view").classList.toggle("alone", this.alone)
    this.pixels.take(data.pictures)
    this.keep(data.pictures.length)
    const size = (name) => Math.max(...data.pictures.map((picture) => picture[name]))
    this.size = { width: size("width"), height: size("height") }
    this.figures.forEach((figure, number) => this.write(figure, data.pictures[number], data.captions[number]))
    this.zooming.begin()
    this.draw()
  }

  // Figures are made anew only when their number changes, so that no picture blinks.
  keep(count) {
    const row = this.root.querySelector(".row")
    row.style.setProperty("--pictures", count)
    if (this.figures?.length === count) return
    this.stop()
    const one = this.root.querySelector("template").content.firstElementChild
    row.replaceChildren(...Array.from({ length: count }, () => one.cloneNode(true)))
    this.figures = [...row.children]
    this.stage = new Stage(this.figures.map((figure) => figure.querySelector(".box")), () => this.tell())
    this.zooming = new Zooming(this.stage, this.alone, (zoom) => this.setZoom(zoom))
  }

  write(figure, picture, caption) {
    const image = figure.querySelector("img")
    image.alt = picture.alt
    fitInto(image, picture, this.size)
    if (image.dataset.id !== picture.id) Object.assign(image.dataset, { id: picture.id, url: "" })
    if (!image.dataset.url) swap(image, picture.small) // at once, until its own pixels have come
    figure.querySelector(".box").setAttribute("aria-label", picture.alt)
    const list = figure.querySelector("dl")
    list.replaceChildren()
    for (const line of caption) written(list, line)
  }

  stop() {
    this.pixels.stop()
    this.stage?.watch.disconnect()
    this.zooming?.stop()
  }

  setZoom(zoom) {
    this.zoom = zoom
    if (!this.alone) remembered.set("zoom", zoom)
    this.draw()
  }

  // How large the pictures are, in numbers.
  tell() {
    const scale = this.stage.scale(this.stage.boxes[0])
    this.root.querySelector("output").textContent = `${Math.round(100 * scale)} %`
  }

  draw() {
    for (const box of this.stage.boxes) box.tabIndex = this.zoom === "fit" ? -1 : 0
    for (const input of this.radios) input.checked = input.value === String(this.zoom)
    this.stage.show(this.size, this.zoom, this.height)
    if (this.stage.needsOwn(SMALL)) this.pixels.want()
    this.figures.forEach((figure, number) =>
      swap(figure.querySelector("img"), this.pixels.url(this.pixels.pictures[number]))
    )
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!kept.has(parentElement)) kept.set(parentElement, new Row(parentElement))
  const row = kept.get(parentElement)
  row.pixels.ask = () => setTriggerValue("sharp", true) // the newest: the part of the page that it came with may go
  row.take(data)
  return () => row.stop()
}
