// How the canvas is looked at: fitted into the stage, or at so many pixels of the page to one of the picture. None of it
// is part of the mask, so none of it waits for the server.

const LEAST = 16 // pixels, the shorter edge of a canvas however thin its picture is
const LEAST_VIEW = 320 // pixels of height for a closer look, where the stage has them
const LARGEST = 8192 // pixels of a canvas: one that is shown larger is slow to draw
const CLOSEST = [2, 8] // pixels of the page to one of the picture, at the most: of a very large one, and of others
const SMALL = 1600 // pixels, the longer edge of what is behind the canvas until its own pixels are asked for
const SHARPER = 1.25 // how much larger than that it may be drawn before
const INSISTING = 2000 // milliseconds until they are asked for again
const STEP = 1.25 // of a press of a button or key
const looks = new Map() // by the canvas's key, for as long as the tab is open

const lookOf = (key) => {
  if (!looks.has(key)) looks.set(key, { zoom: 0, left: 0, top: 0 })
  return looks.get(key)
}

// How many pixels high the canvas may be: as the page's stylesheet says, in whatever unit.
const most = ({ data, room }) => parseFloat(getComputedStyle(room).maxHeight) || data.mostHeight

const fitting = (mine) => {
  const [width, height] = mine.data.picture
  return Math.min(mine.box.clientWidth / width, most(mine) / height)
}

const sized = ({ data }, factor) => data.picture.map((edge) => Math.max(LEAST, Math.floor(edge * factor)))

const look = (mine) => {
  const { data, root, seen } = mine
  const fit = fitting(mine)
  const [width, height] = sized(mine, seen.zoom || fit)
  const [across, down] = sized(mine, fit)
  const view = seen.zoom ? [mine.box.clientWidth, Math.max(down, Math.min(most(mine), LEAST_VIEW))] : [width, height]
  const before = isFull(mine) ? Math.floor((view[0] - across) / 2) : 0 // alone in the window it stands in the middle
  mine.lengths = [
    ["left", "Left", "Right", { shown: width, fitted: across, room: view[0], before }],
    ["top", "Top", "Bottom", { shown: height, fitted: down, room: view[1], before: 0 }],
  ]
  const lengths = { "--width": width, "--height": height, "--view-width": view[0], "--view-height": view[1] }
  for (const [name, pixels] of Object.entries(lengths)) root.host.style.setProperty(name, `${pixels}px`)
  root.host.style.setProperty("--overflow", seen.zoom ? "auto" : "hidden")
  mine.scale = Math.min(width / data.picture[0], height / data.picture[1])
  mine.box.dataset.zoom = seen.zoom || "fit"
  root.querySelector(".dc-root").classList.toggle("pannable", Boolean(mine.spaced))
  tint(mine)
  put(mine)
  sharpen(mine)
}

const tint = ({ data, root }) => {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(data.color.slice(at, at + 2), 16) / 255)
  const o = data.opacity
  const rows = [[0, 0, 0, 0, r], [0, 0, 0, 0, g], [0, 0, 0, 0, b], [o, 0, 0, o, -o]]
  root.querySelector("feColorMatrix").setAttribute("values", rows.flat().join(" "))
}

// Puts the canvas to where its corner is seen. A large one is scrolled there, a smaller one has room before it, and both
// have around them the room that a fitted one leaves free: so what is at the hand stays there at every zoom.
const put = ({ root, seen, lengths }) => {
  const [view, canvas] = [root.querySelector(".dc-scroll"), root.querySelector(".dc-container")]
  for (const [side, Side, End, { shown, fitted, room, before }] of lengths) {
    const start = Math.max(before, Math.min(room - shown, seen[side]))
    canvas.style[`border${Side}Width`] = seen.zoom ? `${start}px` : 0
    canvas.style[`border${End}Width`] = seen.zoom ? `${Math.max(0, room - fitted - before)}px` : 0
    view[`scroll${Side}`] = seen.zoom ? Math.max(0, Math.round(start - seen[side])) : 0
  }
}

const canvasArea = ({ root }) => root.querySelector(".canvas-container").getBoundingClientRect()
const viewArea = ({ root }) => root.querySelector(".dc-scroll").getBoundingClientRect()

// Where the canvas's corner is seen now, whoever has scrolled it.
const note = (mine) => {
  const [canvas, view] = [canvasArea(mine), viewArea(mine)]
  Object.assign(mine.seen, { left: canvas.left - view.left, top: canvas.top - view.top })
}

const panBy = (mine, across, down) => {
  note(mine)
  mine.seen.left += across
  mine.seen.top += down
  put(mine)
}

// What one looks at: where the hand is, or was last, if that is in view; else the middle.
const focus = (mine) => {
  const { hand } = mine
  const [canvas, view] = [canvasArea(mine), viewArea(mine)]
  const [x, y] = hand ? [canvas.left + hand[0] * canvas.width, canvas.top + hand[1] * canvas.height] : [-1, -1]
  const isSeen = x >= view.left && x <= view.right && y >= view.top && y <= view.bottom
  return isSeen ? [x, y] : [view.left + view.width / 2, view.top + view.height / 2]
}

// Shows so many pixels of the page to one of the picture, 0 for as many as fit; what is at the point `to` of the page
// afterwards was at `from`.
const zoomTo = (mine, zoom, from = focus(mine), to = from) => {
  const before = canvasArea(mine)
  const part = [(from[0] - before.left) / before.width, (from[1] - before.top) / before.height]
  const fit = fitting(mine)
  const closest = Math.max(CLOSEST[0], Math.min(CLOSEST[1], LARGEST / Math.max(...mine.data.picture)))
  const factor = Math.min(closest, Math.max(Math.min(fit, 1), zoom))
  mine.seen.zoom = zoom && (factor > fit || fit > 1) ? factor : 0
  look(mine)
  const [view, { width, height }] = [viewArea(mine), canvasArea(mine)]
  mine.seen.left = to[0] - view.left - part[0] * width
  mine.seen.top = to[1] - view.top - part[1] * height
  put(mine)
  say(mine)
}

const zoomBy = (mine, times, ...where) => zoomTo(mine, mine.scale * times, ...where)

// Asks for the picture's own pixels where it is looked at closely.
const sharpen = (mine) => {
  const longest = Math.max(...mine.data.picture)
  const isEnough = mine.data.sharp || longest <= SMALL || longest * mine.scale * devicePixelRatio <= SMALL * SHARPER
  if (isEnough || mine.sharpening) return
  mine.trigger("sharp", true)
  mine.sharpening = setTimeout(() => {
    mine.sharpening = null
    sharpen(mine)
  }, INSISTING)
}

const backdrop = ({ box, root }) => {
  const canvas = root.querySelector(".dc-container")
  if (!box.backdrop || canvas.dataset.backdrop === box.backdrop) return
  canvas.dataset.backdrop = box.backdrop
  canvas.style.backgroundImage = `url("${box.backdrop}")`
}

const fullWindow = (mine, full) => {
  const easel = mine.box.closest(".st-key-mask_easel")
  if (full) easel.dataset.full = "true"
  else delete easel.dataset.full
  mine.find(".full").setAttribute("aria-pressed", String(full))
  fit(mine)
}

const isFull = (mine) => "full" in (mine.box.closest(".st-key-mask_easel")?.dataset ?? {})
