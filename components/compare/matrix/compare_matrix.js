// A table of pictures whose headers stay in view. Only tiles whose facts have changed are drawn again.

const ICONS = { retry: "refresh", cancel: "close", promote: "arrow_upward" }
const WORDS = { retry: "Draw this one again", cancel: "Cancel this one", promote: "Draw it at the next quality" }
const kept = new WeakMap()

const make = (tag, className, text) => {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}

// Words that may be cut off to fit; all of them are there to be pointed at.
const whole = (className, text) => {
  const element = make("span", className, text)
  element.title = text
  return element
}

const iconButton = (name, label, onclick) => {
  const button = make("button", "icon", name)
  button.type = "button"
  button.title = label
  button.setAttribute("aria-label", label)
  button.onclick = onclick
  return button
}

const place = (shot, act) => {
  const box = make(shot.src ? "button" : "div", `place ${shot.state}`)
  box.style.aspectRatio = `${shot.width} / ${shot.height}`
  if (shot.src) {
    const image = make("img")
    image.src = shot.src
    image.alt = shot.alt
    image.decoding = "async"
    box.append(image)
  } else {
    box.append(make("span", "word", shot.word))
    if (shot.reason) box.append(whole("reason", shot.reason))
  }
  if (shot.src) {
    box.type = "button"
    box.title = "Large view"
    box.disabled = !shot.opens
    box.onclick = () => act("open", shot.key)
  }
  return box
}

const pick = (shot, act) => {
  const label = make("label", "pick")
  const box = make("input")
  box.type = "checkbox"
  box.checked = shot.picked
  box.setAttribute("aria-label", `Look closer at ${shot.name}`)
  box.title = "Pick, to look at up to four side by side"
  box.onchange = () => act("pick", shot.key)
  label.append(box)
  return label
}

const tile = (shot, act) => {
  const figure = make("figure", "tile")
  figure.setAttribute("aria-label", shot.name)
  const fit = make("div", "fit")
  fit.append(place(shot, act))
  const row = make("div", "row")
  const facts = make("figcaption")
  facts.append(make("span", "strong", shot.strong), make("span", "facts", shot.facts), make("span", "facts", shot.note))
  const tools = make("div", "tools")
  for (const what of shot.can) tools.append(iconButton(ICONS[what], `${WORDS[what]}: ${shot.name}`, () => act(what, shot.key)))
  if (shot.opens) tools.append(pick(shot, act))
  row.append(facts, tools)
  figure.append(fit, row)
  if (shot.score) figure.append(whole("score", shot.score))
  return figure
}

const heading = (label, scope, name) => {
  const head = make("th")
  head.scope = scope
  head.append(make("span", "axis", name), make("span", "value", label))
  return head
}

const build = (table, data) => {
  const top = make("tr")
  const corner = make("td", "corner")
  corner.setAttribute("aria-hidden", "true")
  top.append(corner, ...data.columns.map((label) => heading(label, "col", data.across)))
  const head = make("thead")
  head.append(top)
  const body = make("tbody")
  const cells = data.rows.map((label, row) => {
    const line = make("tr")
    line.append(heading(label, "row", data.down))
    const places = data.columns.map(() => line.appendChild(make("td")))
    body.append(line)
    return places
  })
  table.replaceChildren(head, body)
  table.setAttribute("aria-label", data.label)
  return cells
}

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table")
  const mine = kept.get(table) ?? { shape: "", cells: [], tiles: new Map() }
  kept.set(table, mine)
  mine.send = setTriggerValue // the newest: tiles outlive the part of the page that they were drawn by
  const act = (what, key) => mine.send("act", { what, key, at: Date.now() })
  const shape = JSON.stringify([data.label, data.across, data.down, data.columns, data.rows])
  if (shape !== mine.shape) {
    mine.shape = shape
    mine.cells = build(table, data)
    mine.tiles = new Map()
  }
  data.cells.forEach((line, row) =>
    line.forEach((shots, column) => {
      const seen = JSON.stringify(shots)
      const where = `${row}/${column}`
      if (mine.tiles.get(where) === seen) return
      mine.tiles.set(where, seen)
      const cell = mine.cells[row][column]
      const focused = parentElement.activeElement ?? parentElement.getRootNode().activeElement
      const name = cell.contains(focused) ? focused.getAttribute("aria-label") : null
      cell.style.setProperty("--shots", Math.min(shots.length, 2))
      cell.replaceChildren(...shots.map((shot) => tile(shot, act)))
      if (name) [...cell.querySelectorAll("button, input")].find((one) => one.getAttribute("aria-label") === name)?.focus()
    })
  )
}
