// Two pictures of one box: `data.pictures` are before, after and perhaps a heat map, `data.labels` what they are called.

const SMALL = 1024 // pixels, the longer edge of the small copies
const STEP = 0.02 // of the width, for an arrow key; ten of them for Page Up and Page Down
const PERIODS = [2000, 1400, 900, 600, 400] // milliseconds a picture stands; the fastest is under three flashes a second
const kept = new WeakMap()

class Pair {
  constructor(root) {
    this.root = root
    this.find = (selector) => root.querySelector(selector)
    this.at = 0.5
    this.held = false
    this.first = false // whether flicker shows the first picture
    this.playing = !matchMedia("(prefers-reduced-motion: reduce)").matches
    this.pixels = new Pixels()
    this.stage = new Stage([this.find(".box")], () => this.place())
    this.mode = choose(root, "mode", remembered.get("mode", "slider"))
    this.zooming = new Zooming(this.stage, false, (zoom) => this.setZoom(zoom))
    this.radios = [...root.querySelectorAll("input[name=zoom]")]
    this.zoom = remembered.get("zoom", "fit")
    this.listen()
  }

  listen() {
    this.each("input[name=mode]", (input) => (input.onchange = () => this.setMode(input.value)))
    for (const input of this.radios) input.onchange = () => this.zooming.to(Number(input.value) || "fit")
    this.find(".heated input").onchange = () => this.draw()
    this.find(".play").onclick = () => this.play(!this.playing)
    this.find(".speed input").oninput = () => this.play(true)
    this.find(".strength input").oninput = () => this.draw()
    const divider = this.find(".divider")
    divider.onkeydown = (event) => this.key(event)
    divider.onpointerdown = (event) => this.drag(divider, event)
    this.find(".box").addEventListener("pointerdown", (event) => this.press(event))
    this.holdable(this.find(".hold"))
    keepArrows(this.root)
    this.keys = { keydown: (event) => this.pressed(event), keyup: (event) => this.released(event), blur: () => this.showFirst(false) }
  }

  // O shows the first picture alone for as long as it is down.
  pressed(event) {
    if (keyOf(event) !== "o" || event.ctrlKey || event.metaKey || event.altKey) return
    if (this.find(".box").checkVisibility()) this.showFirst(true)
  }

  released(event) {
    if (event.key.toLowerCase() === "o" || event.code === "KeyO") this.showFirst(false)
  }

  showFirst(shown) {
    this.find(".frame").classList.toggle("first-only", shown)
  }

  each(selector, act) {
    for (const one of this.root.querySelectorAll(selector)) act(one)
  }

  take(data) {
    for (const [name, does] of Object.entries(this.keys)) window.addEventListener(name, does)
    const [before, after, heat] = data.pictures
    this.labels = data.labels
    this.heat = heat
    this.height = data.height
    this.size = { width: after.width, height: after.height }
    this.pixels.take([before, after])
    this.find(".name.before").textContent = this.labels[0]
    this.find(".name.after").textContent = this.labels[1]
    this.find(".first").textContent = this.labels[0]
    this.find(".hold").textContent = `Hold to see “${this.labels[0]}”`
    this.find(".divider").setAttribute("aria-label", `Divider between “${this.labels[0]}” and “${this.labels[1]}”`)
    this.find("img.before").alt = `${this.labels[0]}: ${before.alt}`
    this.find("img.after").alt = `${this.labels[1]}: ${after.alt}`
    this.find(".heated").hidden = !heat
    if (heat && this.isHeated === undefined) this.find(".heated input").checked = this.isHeated = data.heated // at first
    fitInto(this.find("img.before"), before, this.size)
    this.find("img.heat").alt = heat?.alt ?? ""
    this.tellSizes(before, after)
    this.draw()
  }

  tellSizes(before, after) {
    const same = before.width === after.width && before.height === after.height
    const [first, second] = this.labels
    const text = ({ width, height }) => `${width} × ${height}`
    this.find(".sizes").hidden = same
    this.find(".sizes").textContent =
      `Not the same size: “${first}” has ${text(before)}, “${second}” ${text(after)}. The first is scaled to the second.`
  }

  setMode(mode) {
    this.mode = mode
    remembered.set("mode", mode)
    this.draw()
  }

  setZoom(zoom) {
    this.zoom = zoom
    remembered.set("zoom", zoom)
    this.draw()
  }

  draw() {
    const frame = this.find(".frame")
    const box = this.find(".box")
    const strength = 2 ** Number(this.find(".strength input").value)
    frame.classList.toggle("sliding", this.mode === "slider")
    frame.classList.toggle("difference", this.mode === "difference")
    frame.classList.toggle("zoomed", this.zoom !== "fit")
    frame.style.setProperty("--strength", strength)
    this.find("output").textContent = `× ${strength}`
    this.find(".divider").hidden = this.mode !== "slider"
    this.each(".of", (one) => (one.hidden = !one.classList.contains(this.mode)))
    this.find(".heated").style.visibility = this.mode === "difference" ? "hidden" : ""
    const heating = Boolean(this.heat) && this.mode !== "difference" && this.find(".heated input").checked
    frame.classList.toggle("heating", heating)
    this.find("img.heat").hidden = !heating
    box.tabIndex = this.zoom === "fit" ? -1 : 0
    for (const input of this.radios) input.checked = input.value === String(this.zoom)
    this.stage.show(this.size, this.zoom, this.height)
    if (this.mode === "difference" || this.stage.needsOwn(SMALL)) this.pixels.want()
    this.fill()
    this.play(this.playing)
  }

  fill() {
    const [before, after] = this.pixels.pictures
    swap(this.find("img.before"), this.pixels.url(before))
    swap(this.find("img.after"), this.pixels.url(after))
    if (this.heat) swap(this.find("img.heat"), this.heat.own)
  }

  // The part of the picture that is in view, in pixels from the frame's left edge.
  view() {
    const frame = this.find(".frame").getBoundingClientRect()
    const plane = this.find(".plane").getBoundingClientRect()
    const left = Math.max(plane.left, frame.left)
    const right = Math.min(plane.right, frame.right)
    return { left: left - frame.left, width: Math.max(1, right - left), plane: plane.left - frame.left, whole: plane.width }
  }

  place() {
    if (!this.labels) return
    const view = this.view()
    const divider = this.find(".divider")
    const x = view.left + this.at * view.width
    const shown = Math.round(this.at * 100)
    divider.style.left = `${x - 1}px`
    divider.setAttribute("aria-valuenow", shown)
    divider.setAttribute("aria-valuetext", `${shown} % “${this.labels[0]}”`)
    const cut = this.mode === "slider" ? Math.min(100, Math.max(0, (100 * (x - view.plane)) / view.whole)) : 0
    this.find("img.after").style.clipPath = cut ? `inset(0 0 0 ${cut}%)` : ""
    this.alternate(view, x)
  }

  alternate(view, x) {
    const flickers = this.mode === "flicker"
    const before = flickers && (this.held || this.first)
    const [left, right] = [this.find(".name.before"), this.find(".name.after")]
    this.find("img.after").style.visibility = before ? "hidden" : ""
    left.style.left = `${view.left + 8}px`
    right.style.left = flickers ? `${view.left + 8}px` : `${view.left + view.width - 8 - right.offsetWidth}px`
    left.hidden = flickers ? !before : this.mode !== "slider"
    right.hidden = flickers ? before : this.mode !== "slider"
    if (this.mode !== "slider") return
    left.style.visibility = x - view.left < left.offsetWidth + 16 ? "hidden" : ""
    right.style.visibility = view.left + view.width - x < right.offsetWidth + 16 ? "hidden" : ""
  }

  moveTo(at) {
    this.at = Math.min(1, Math.max(0, at))
    this.place()
  }

  point(event) {
    const view = this.view()
    this.moveTo((event.clientX - this.find(".frame").getBoundingClientRect().left - view.left) / view.width)
  }

  key(event) {
    const moves = { ArrowLeft: -STEP, ArrowDown: -STEP, ArrowRight: STEP, ArrowUp: STEP, PageDown: -10 * STEP, PageUp: 10 * STEP }
    const ends = { Home: 0, End: 1 }
    if (!(event.key in moves) && !(event.key in ends)) return
    event.preventDefault()
    this.moveTo(event.key in ends ? ends[event.key] : this.at + moves[event.key])
  }

  drag(target, event) {
    if (event.button) return
    event.preventDefault()
    target.setPointerCapture(event.pointerId)
    this.find(".divider").focus({ preventScroll: true })
    this.point(event)
    target.onpointermove = (move) => this.point(move)
    target.onpointerup = target.onpointercancel = () => (target.onpointermove = null)
  }

  // On a fitted picture the divider comes to where it is pressed, and a flickering one stands on its first. A second
  // finger takes that back: two zoom.
  press(event) {
    if (!event.isPrimary) return this.release(this.find(".box"))
    this.before = this.at
    if (this.zoom !== "fit" || event.button) return
    if (this.mode === "slider") this.drag(this.find(".box"), event)
    if (this.mode === "flicker") this.hold(event, this.find(".box"))
  }

  release(box) {
    box.onpointermove = null
    box.onpointerup?.()
    this.moveTo(this.before)
  }

  hold(event, target) {
    target.setPointerCapture(event.pointerId)
    this.setHeld(true)
    target.onpointerup = target.onpointercancel = () => this.setHeld(false)
  }

  holdable(button) {
    button.onpointerdown = (event) => this.hold(event, button)
    button.oncontextmenu = (event) => event.preventDefault() // what a long touch would open
    button.onkeydown = (event) => (event.key === " " || event.key === "Enter") && this.setHeld(true)
    button.onkeyup = button.onblur = () => this.setHeld(false)
  }

  setHeld(held) {
    this.held = held
    this.first = false
    this.place()
    this.play(this.playing)
  }

  play(playing) {
    this.playing = playing
    this.find(".play .icon").textContent = playing ? "pause" : "play_arrow"
    this.find(".play .label").textContent = playing ? "Pause" : "Play"
    clearInterval(this.timer)
    if (this.mode !== "flicker" || !playing || this.held) return
    this.timer = setInterval(() => {
      this.first = !this.first
      this.place()
    }, PERIODS[this.find(".speed input").value])
  }

  stop() {
    clearInterval(this.timer)
    for (const [name, does] of Object.entries(this.keys)) window.removeEventListener(name, does)
    this.pixels.stop()
    this.stage.watch.disconnect()
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  if (!kept.has(parentElement)) kept.set(parentElement, new Pair(parentElement))
  const pair = kept.get(parentElement)
  pair.pixels.ask = () => setTriggerValue("sharp", true) // the newest: the part of the page that it came with may go
  pair.take(data)
  return () => pair.stop()
}
