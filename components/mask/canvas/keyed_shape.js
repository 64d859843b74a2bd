// A rectangle or an ellipse without a mouse: Enter places it, arrows move it, with Shift they change its size, Enter
// paints it. It is painted by the same hand as any other: the canvas gets the drag that would have painted it.

const ARROWS = { arrowleft: [-1, 0], arrowright: [1, 0], arrowup: [0, -1], arrowdown: [0, 1] }
const KEYED = ["Rectangle", "Ellipse"]
const STRIDE = 8 // pixels of the page that an arrow moves
const PART = 4 // of what is in view it is as wide and as high as one, at first

const boxKey = (mine, event, name) => {
  const isHere = mine.root.activeElement === mine.root.querySelector(".dc-scroll")
  if (!isHere || !KEYED.includes(mine.data.tool)) return null
  if (name === "enter") return mine.keyed ? paintBox : placeBox
  const arrow = ARROWS[name]
  if (!arrow || !mine.keyed) return null
  return Object.assign((mine) => moveBox(mine, arrow, event.shiftKey), { repeats: true })
}

// In the middle of what is in view, in pixels of the picture.
const placeBox = (mine) => {
  const canvas = canvasArea(mine)
  const view = viewArea(mine)
  const [across, down] = mine.data.picture
  const seen = [Math.min(view.width, canvas.width), Math.min(view.height, canvas.height)]
  const corner = [Math.max(0, view.left - canvas.left), Math.max(0, view.top - canvas.top)]
  const scales = [across / canvas.width, down / canvas.height]
  const [width, height] = [0, 1].map((at) => Math.max(1, Math.round((seen[at] / PART) * scales[at])))
  const [left, top] = [0, 1].map((at) => Math.round((corner[at] + (seen[at] * (PART - 1)) / PART / 2) * scales[at]))
  mine.keyed = { left, top, width, height }
  showBox(mine)
}

const moveBox = (mine, [across, down], resizes) => {
  const stride = Math.max(1, Math.round(STRIDE / mine.scale))
  const [wide, high] = mine.data.picture
  const box = mine.keyed
  const within = (value, least, largest) => Math.min(largest, Math.max(least, value))
  if (resizes) {
    box.width = within(box.width + across * stride, 1, wide - box.left)
    box.height = within(box.height + down * stride, 1, high - box.top)
  } else {
    box.left = within(box.left + across * stride, 0, wide - box.width)
    box.top = within(box.top + down * stride, 0, high - box.height)
  }
  showBox(mine)
}

const showBox = (mine) => {
  const mark = mine.root?.querySelector(".keyed")
  if (mark) {
    const [wide, high] = mine.data.picture
    const { left, top, width, height } = mine.keyed ?? { left: 0, top: 0, width: 0, height: 0 }
    const place = { left: left / wide, top: top / high, width: width / wide, height: height / high }
    for (const [name, part] of Object.entries(place)) mark.style[name] = `${100 * part}%`
    mark.style.display = mine.keyed ? "block" : "none"
    mark.style.borderRadius = mine.data.tool === "Ellipse" ? "50%" : "0"
    if (mine.keyed) mark.scrollIntoView({ block: "nearest", inline: "nearest" })
  }
  say(mine)
}

const dropBox = (mine) => {
  if (!mine.keyed) return false
  mine.keyed = null
  showBox(mine)
  return true
}

const paintBox = (mine) => {
  const { left, top, width, height } = mine.keyed
  dropBox(mine)
  const canvas = canvasArea(mine)
  const [wide, high] = mine.data.picture
  const at = (x, y) => [canvas.left + (x * canvas.width) / wide, canvas.top + (y * canvas.height) / high]
  const drag = [["mousedown", left, top], ["mousemove", left + width, top + height], ["mouseup", left + width, top + height]]
  const events = drag.map(([type, x, y]) => mouse(type, ...at(x, y)))
  if (mine.held) return void mine.held.push(...events)
  for (const event of events) give(mine.root.querySelector(".upper-canvas"), event)
  ended(mine)
  boxed(mine)
}
