// A table of images whose heads stay in view. Only tiles whose facts have changed are made again.

const ICONS = { retry: "refresh", cancel: "close", promote: "arrow_upward" }
const WORDS = { retry: "Run again", cancel: "Cancel", promote: "Run at the next quality" }
const PLANNED = new Set(["missing", "impossible"])
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
  box.setAttribute("aria-label", `Select ${shot.name}`)
  box.title = "Select up to four to see them side by side"
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

const cellOf = (role, className, name, label) => {
  const head = make("div", className)
  head.setAttribute("role", role)
  if (name) head.append(make("span", "axis", name))
  head.append(make("span", "value", label))
  return head
}

// The cells of a row side by side. What does not fit is scrolled, by the arrow keys as well, and all rows with it.
const strip = (mine, name) => {
  const line = make("div", `strip ${name}`)
  line.onscroll = () => mine.strips.forEach((other) => other !== line && (other.scrollLeft = line.scrollLeft))
  mine.strips.push(line)
  mine.watch.observe(line)
  return line
}

const reachable = (line) => {
  if (line.matches(".body") && line.scrollWidth > line.clientWidth) line.tabIndex = 0
  else line.removeAttribute("tabindex")
}

const rowOf = (...children) => {
  const row = make("div")
  row.setAttribute("role", "row")
  row.append(...children)
  return row
}

const build = (table, data, mine) => {
  mine.watch?.disconnect()
  mine.watch = new ResizeObserver((seen) => seen.forEach((one) => reachable(one.target)))
  mine.strips = []
  table.setAttribute("aria-label", data.label)
  table.replaceChildren()
  if (data.across) {
    const heads = strip(mine, "top")
    heads.append(...data.columns.map((label) => cellOf("columnheader", "head", data.across, label)))
    const row = rowOf(heads)
    row.classList.add("heads")
    table.append(row)
  }
  return data.rows.map((label) => {
    const line = strip(mine, "body")
    const row = data.down ? rowOf(cellOf("rowheader", "rowhead", data.down, label), line) : rowOf(line)
    table.append(row)
    return data.columns.map(() => {
      const cell = line.appendChild(make("div", "cell"))
      cell.setAttribute("role", "cell")
      return cell
    })
  })
}

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector(".table")
  const mine = kept.get(table) ?? { shape: "", cells: [], tiles: new Map() }
  kept.set(table, mine)
  mine.send = setTriggerValue // the newest: tiles outlive the part of the page that they were drawn by
  const act = (what, key) => mine.send("act", { what, key, at: Date.now() })
  const shape = JSON.stringify([data.label, data.across, data.down, data.columns, data.rows])
  if (shape !== mine.shape) {
    mine.shape = shape
    mine.cells = build(table, data, mine)
    mine.tiles = new Map()
  }
  const most = Math.max(1, ...data.cells.flat().map((shots) => shots.length))
  table.style.setProperty("--shots", Math.min(most, 2))
  table.classList.toggle("plan", data.cells.flat(2).every((shot) => PLANNED.has(shot.state)))
  data.cells.forEach((line, row) =>
    line.forEach((shots, column) => {
      const seen = JSON.stringify(shots)
      const where = `${row}/${column}`
      if (mine.tiles.get(where) === seen) return
      mine.tiles.set(where, seen)
      const cell = mine.cells[row][column]
      const focused = parentElement.activeElement ?? parentElement.getRootNode().activeElement
      const name = cell.contains(focused) ? focused.getAttribute("aria-label") : null
      cell.replaceChildren(...shots.map((shot) => tile(shot, act)))
      if (name) [...cell.querySelectorAll("button, input")].find((one) => one.getAttribute("aria-label") === name)?.focus()
    })
  )
}
