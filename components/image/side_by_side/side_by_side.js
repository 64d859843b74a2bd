// Pictures in a row: `data.pictures`, and `data.captions`, for each a list of name, value and whether it differs.

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
    this.zoom = choose(root, "zoom", remembered.get("zoom", "fit"))
    for (const input of root.querySelectorAll("input[name=zoom]")) input.onchange = () => this.setZoom(input.value)
    keepArrows(root)
  }

  take(data) {
    this.height = data.height
    this.pixels.take(data.pictures)
    this.keep(data.pictures.length)
    const size = (name) => Math.max(...data.pictures.map((picture) => picture[name]))
    this.size = { width: size("width"), height: size("height") }
    this.figures.forEach((figure, number) => this.write(figure, data.pictures[number], data.captions[number]))
    this.draw()
  }

  // Figures are made anew only when their number changes, so that no picture blinks.
  keep(count) {
    const row = this.root.querySelector(".row")
    row.style.setProperty("--pictures", count)
    if (this.figures?.length === count) return
    this.stage?.watch.disconnect()
    const one = this.root.querySelector("template").content.firstElementChild
    row.replaceChildren(...Array.from({ length: count }, () => one.cloneNode(true)))
    this.figures = [...row.children]
    this.stage = new Stage(this.figures.map((figure) => figure.querySelector(".box")), () => {})
  }

  write(figure, picture, caption) {
    figure.querySelector("img").alt = picture.alt
    fitInto(figure.querySelector("img"), picture, this.size)
    figure.querySelector(".box").setAttribute("aria-label", picture.alt)
    const list = figure.querySelector("dl")
    list.replaceChildren()
    for (const line of caption) written(list, line)
  }

  stop() {
    this.pixels.stop()
    this.stage.watch.disconnect()
  }

  setZoom(zoom) {
    this.zoom = zoom
    remembered.set("zoom", zoom)
    this.draw()
  }

  draw() {
    for (const box of this.stage.boxes) box.tabIndex = this.zoom === "fit" ? -1 : 0
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
