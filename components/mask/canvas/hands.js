// Hands on the canvas: mouse, pen and fingers paint with one, two fingers zoom and pan, and so do Ctrl with the wheel and
// Space with a drag.

const MOUSE = ["mousedown", "mousemove", "mouseup"]
const TOUCH = ["touchstart", "touchmove", "touchend", "touchcancel"]
const FINGER = 16 // pixels of the page from the first point of a polygon, within which a tap closes it
const WHEEL = { line: 16, most: 25, part: 0.01 } // pixels of a line and of a turn that counts, and what one zooms

const isOver = (mine, event) => event.composedPath().includes(mine.root?.querySelector(".canvas-container"))

const swallow = (event) => {
  event.stopImmediatePropagation()
  if (event.cancelable) event.preventDefault()
}

// Moves the ring that shows the brush, and remembers where the hand is, as parts of the picture.
const point = (mine, event) => {
  if (!mine.root) return
  const area = canvasArea(mine)
  const isHere = isOver(mine, event)
  const part = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height]
  if (isHere) mine.hand = part
  mine.isHovered = isHere && event.pointerType !== "touch"
  mine.ring = part
  ring(mine)
}

const ring = (mine) => {
  const tip = mine.root?.querySelector(".tip")
  const [brush, at] = [brushOf(mine), mine.ring]
  if (!tip || !at) return
  const shown = mine.isHovered && brush > 0 && !mine.spaced && !mine.pan
  const edge = `${Math.max(2, brush * mine.scale)}px`
  const place = { left: `${at[0] * 100}%`, top: `${at[1] * 100}%`, width: edge, height: edge }
  Object.assign(tip.style, { display: shown ? "block" : "none", ...place })
}

const down = (mine, event) => {
  forgetPan(mine)
  if (!isOver(mine, event) || event.isPrimary === false) return
  mine.root.querySelector(".dc-scroll").focus({ preventScroll: true })
  if (mine.spaced || event.button === 1) return beginPan(mine, event)
  if (event.button) return // the canvas hears of none but the first
  dropBox(mine)
  mine.down = true
  mine.moves = 0
  clearTimeout(mine.resting)
  say(mine)
}

const move = (mine, event) => {
  forgetPan(mine)
  if (mine.pan) {
    panBy(mine, event.clientX - mine.pan.x, event.clientY - mine.pan.y)
    mine.pan = { x: event.clientX, y: event.clientY }
  }
  point(mine, event)
}

const up = (mine) => {
  if (mine.pan) return endPan(mine)
  if (!mine.down) return
  mine.down = false
  ended(mine)
}

const beginPan = (mine, event) => {
  mine.pan = { x: event.clientX, y: event.clientY }
  mine.root.querySelector(".dc-root").classList.add("panned")
}

// The mouse says what the pointer has said once more, so what has ended is forgotten with the pointer's next word: a
// timer would come behind a stroke that begins at once on a busy page.
const endPan = (mine) => {
  mine.pan.isOver = true
  mine.root.querySelector(".dc-root").classList.remove("panned")
}

const forgetPan = (mine) => {
  if (mine.pan?.isOver) mine.pan = null
}

// Two fingers zoom and pan and never paint: the second takes back what the first has begun, and none paints before both
// are lifted.
const pinch = (mine, event) => {
  const touches = [...event.touches]
  if (event.type === "touchstart" && touches.length > 1 && !mine.pinch && (mine.paints || isOver(mine, event))) {
    cancel(mine)
    mine.paints = mine.down = false
    mine.tap = null
    mine.pinch = span(touches)
  }
  if (!mine.pinch) return false
  swallow(event)
  if (!touches.length) mine.pinch = null
  else if (touches.length === 1) mine.pinch.length = 0 // the finger that stays does nothing
  else if (event.type === "touchmove" && mine.pinch.length) {
    const now = span(touches)
    zoomBy(mine, now.length / mine.pinch.length, mine.pinch.middle, now.middle)
    mine.pinch = now
  }
  return true
}

const span = ([one, other]) => ({
  length: Math.max(1, Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)),
  middle: [(one.clientX + other.clientX) / 2, (one.clientY + other.clientY) / 2],
})

// A point of a polygon cannot be taken back, so it is set when the finger is lifted. The library hears a mouse's button
// only. Near the first point it is the first: a finger does not hit a mark of a few pixels.
const tap = (mine, event) => {
  if (mine.data.tool !== "Polygon" || !event.isTrusted || !(event.type === "touchstart" ? isOver(mine, event) : mine.tap)) return
  swallow(event)
  if (event.type === "touchstart") mine.tap = event.changedTouches[0]
  if (event.type === "touchcancel") mine.tap = null
  if (event.type !== "touchend") return
  const place = nearFirst(mine, mine.tap)
  mine.tap = null
  setPoint(mine)
  const strokes = ["mousedown", "mouseup"].map((type) => mouse(type, ...place))
  if (mine.held) mine.held.push(...strokes)
  else for (const each of strokes) give(mine.root.querySelector(".upper-canvas"), each)
}

// Where a finger that is at ``clientX`` and ``clientY`` sets a point; the first is kept in parts of the picture.
const nearFirst = (mine, { clientX, clientY }) => {
  const { left, top, width, height } = canvasArea(mine)
  if (!mine.points) mine.first = [(clientX - left) / width, (clientY - top) / height]
  const [x, y] = [left + mine.first[0] * width, top + mine.first[1] * height]
  return Math.hypot(x - clientX, y - clientY) <= FINGER ? [x, y] : [clientX, clientY]
}

const setPoint = (mine) => {
  mine.points += 1
  say(mine)
}

const wheel = (mine, event) => {
  if (!(event.ctrlKey || event.metaKey) || !isOver(mine, event)) return
  swallow(event)
  const turned = event.deltaY * (event.deltaMode ? WHEEL.line : 1)
  const times = Math.exp(-Math.min(WHEEL.most, Math.max(-WHEEL.most, turned)) * WHEEL.part)
  zoomBy(mine, times, [event.clientX, event.clientY])
  point(mine, event)
}

// A touch that the system takes away, for a call or a gesture of its own, paints nothing; the library hears of its end,
// without which it would take no mouse any more.
const touched = (mine, event) => {
  if (pinch(mine, event)) return
  if (event.type === "touchcancel" && event.isTrusted && cancel(mine)) return swallow(event)
  tap(mine, event)
  if (mine.data.tool === "Polygon") return
  count(mine, event)
  keepBack(mine, event)
}

const moused = (mine, event) => {
  if (mine.pan) return swallow(event)
  const isClick = event.type === "mousedown" && event.isTrusted && event.button === 0 && isOver(mine, event)
  if (isClick && mine.data.tool === "Polygon") setPoint(mine)
  count(mine, event)
  if (event.type === "mousemove" || !event.button) keepBack(mine, event)
}

const listen = (mine) => {
  const pointer = { pointerdown: down, pointerup: up, pointercancel: up, pointermove: move, click: wait, wheel }
  const keys = { keydown: keyDown, keyup: keyUp, blur: letGo }
  const all = { ...pointer, ...keys }
  for (const name of MOUSE) all[name] = moused
  for (const name of TOUCH) all[name] = touched
  const bound = Object.entries(all).map(([name, does]) => [name, (event) => does(mine, event)])
  const how = { capture: true, passive: false }
  for (const [name, does] of bound) window.addEventListener(name, does, how)
  return () => bound.forEach(([name, does]) => window.removeEventListener(name, does, how))
}
