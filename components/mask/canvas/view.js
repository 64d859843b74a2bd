// The hand around the canvas library. What meets here meets at the box, `.st-key-mask_box`:
// - turn.js lays down `box.turn`, what the server has taken of the canvas and given it, and says "turn";
// - backdrop.js lays down `box.backdrop`, the picture's address, and says "backdrop";
// - this file alone touches the library, and says at the box how things are: `data-canvas` (ready, or held while strokes
//   wait), `data-steps` (that undo takes back), `data-heavy` (to be baked), `data-zoom` (fit, or page to picture pixels);
// - the server hears of `brush` (a size asked for by keys), `sharp` (a closer look), `heard` (a question, by a number that
//   it gives back once it has heard all that was chosen before), and by turn.js of `rest` and `again`.
// None of the data changes with a stroke, so that this file comes once and not with each.

const state = new WeakMap()
const fresh = () => ({
  calls: 0, points: 0, moves: 0, opens: 0, ended: -Infinity, down: false, paints: false, stroke: [], wanted: {}, held: null,
  questions: 0,
})

const KEYED_HINT = "Drag from corner to corner, or press Enter."
const HINTS = {
  Brush: "Paint over what should change.",
  Eraser: "Erase paint. What you erase stays as it is.",
  Rectangle: KEYED_HINT,
  Ellipse: KEYED_HINT,
  Polygon: "Click point by point; close it at the first.",
  Line: "Drag from end to end, as wide as the brush.",
}
// A guide is drawn on the image for the model to read, and nothing of it says where the image may change.
const GUIDE_HINTS = {
  ...HINTS,
  Brush: "Draw arrows or outlines for the model.",
  Eraser: "Erase the guide.",
}
const OPEN = "Not in the mask yet: click the first point."
const ENDED = "Too long: the stroke ends here. Let go."
const PERCENTS = [50, 100, 200, 400]

const say = (mine) => {
  const open = mine.points > 0 && mine.data.tool === "Polygon"
  const hint = (mine.data.guides ? GUIDE_HINTS : HINTS)[mine.data.tool] ?? ""
  const text = mine.moves >= LONG ? ENDED : open ? OPEN : mine.keyed ? placed(mine.keyed) : hint
  if (mine.status.textContent !== text) mine.status.title = mine.status.textContent = text
  mine.status.classList.toggle("warns", text === ENDED || text === OPEN)
  const factor = mine.find(".factor")
  const now = mine.scale ? `${Math.round(mine.scale * 100)}\u00a0%` : ""
  if (factor.options[0].text !== now) factor.options[0].text = now
  factor.selectedIndex = 0
}

const placed = ({ left, top, width, height }) => `${width} × ${height} at ${left}, ${top}. Enter paints it.`

const fit = (mine) => {
  const root = findCanvas(mine.box)
  if (!root) return
  mine.root = root
  if (dress(root, () => told(mine))) {
    mine.isBare = true
    root.querySelector(".dc-scroll").addEventListener("scroll", () => mine.seen.zoom && note(mine))
  }
  look(mine)
  backdrop(mine)
  ring(mine)
  say(mine)
  renew(mine)
}

// The library has set its buttons: it has been given something, or shows it.
const told = (mine) => {
  mine.opens -= 1
  mine.isTold = true
  chosen(mine)
  ask(mine)
}

// A canvas that is mounted has a size as soon as it is there, and its host is seen to come.
const watch = (mine) => {
  const sizes = new ResizeObserver(() => fit(mine))
  const hosts = new MutationObserver(() => follow())
  const follow = () => {
    for (const host of mine.box.querySelectorAll("*")) sizes.observe(host)
  }
  const resized = () => fit(mine)
  sizes.observe(mine.box)
  hosts.observe(mine.box, { subtree: true, childList: true })
  window.addEventListener("resize", resized)
  follow()
  return () => {
    sizes.disconnect()
    hosts.disconnect()
    window.removeEventListener("resize", resized)
  }
}

const meet = (mine) => {
  const { box } = mine
  const all = { turn: () => take(mine, box.turn), backdrop: () => mine.root && backdrop(mine) }
  for (const [name, does] of Object.entries(all)) box.addEventListener(name, does)
  if (box.turn) all.turn()
  return () => Object.entries(all).forEach(([name, does]) => box.removeEventListener(name, does))
}

const equip = (mine) => {
  const factor = mine.find(".factor")
  factor.add(new Option("", ""))
  factor.options[0].hidden = true
  factor.add(new Option("Fit", "0"))
  for (const percent of PERCENTS) factor.add(new Option(`${percent}\u00a0%`, percent / 100))
  factor.onchange = () => zoomTo(mine, Number(factor.value))
  mine.find(".smaller").onclick = () => zoomBy(mine, 1 / STEP)
  mine.find(".larger").onclick = () => zoomBy(mine, STEP)
  mine.find(".full").onclick = () => fullWindow(mine, !isFull(mine))
  mine.find(".list").onclick = () => showKeys(mine)
}

// Called anew when the look changes. What the newest call returns is called when the element goes; an older one's, too,
// where Streamlit had begun a newer call before the older was done.
export default function ({ data, parentElement, setTriggerValue }) {
  const mine = state.get(parentElement) ?? fresh()
  if (mine.data && mine.data.tool !== data.tool) {
    mine.points = mine.moves = 0
    mine.keyed = null
  }
  const find = (selector) => parentElement.querySelector(selector)
  const box = document.querySelector(".st-key-mask_box")
  Object.assign(mine, { data, find, box, trigger: setTriggerValue, seen: lookOf(data.key) })
  Object.assign(mine, { status: find(".status"), room: find(".room") })
  if (mine.asked === data.brush) mine.asked = null
  answered(mine)
  if (!state.has(parentElement)) {
    state.set(parentElement, mine)
    equip(mine)
    mine.silence = [listen(mine), meet(mine), watch(mine)]
  }
  fit(mine)
  showBox(mine)
  requestAnimationFrame(() => chosen(mine)) // the canvas hears of a tool in the same moment
  const call = (mine.calls += 1)
  return () => {
    if (call !== mine.calls) return
    state.delete(parentElement)
    for (const timer of ["resting", "freeing", "asking", "sharpening", "telling", "holding", "questioning"]) clearTimeout(mine[timer])
    for (const silence of mine.silence) silence()
    delete box.closest(".st-key-mask_easel")?.dataset.full
  }
}
