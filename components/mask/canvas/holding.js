// While the canvas's drawing or tool is being replaced, a stroke that begins would be lost or drawn with the old tool.
// It is held and drawn afterwards: as soon as the server has heard from the canvas what it was given, and `expected`
// what it was held for; and the canvas has been told the tool that was chosen.

const REST = 300 // milliseconds after a stroke in which the next may begin before strokes are baked
const LONGEST = 60000 // milliseconds for which the canvas waits for what replaces its drawing, however busy the server is
const ASKING = 150 // milliseconds after which a canvas that is held is asked again what it shows; then twice as long each time
const LONG = 3000 // moves of a stroke, a minute's: ten times as many take long to draw, a hundred break the connection
const STEPS = ["undo", "redo", "clear"].map((key) => `.st-key-mask_${key} button:enabled`).join()

const hold = (mine, expected = () => true) => {
  mine.held ??= []
  mine.expected = expected
  mine.box.dataset.canvas = "held"
  for (const timer of [mine.freeing, mine.asking]) clearTimeout(timer)
  mine.freeing = setTimeout(() => {
    mine.wanted = {}
    free(mine)
  }, LONGEST)
  mine.asking = setTimeout(ask, ASKING, mine)
}

// That the server has replaced the drawing that the canvas has now; `strokes`: or taken another stroke of it.
const replaced = ({ turn }, strokes = false) => (next) =>
  ["key", "round", ...(strokes ? ["strokes"] : [])].some((name) => next[name] !== turn?.[name])

// Also where the canvas has it: another, which was asked for before, may still be on its way.
const isWanting = ({ wanted, data, asked, question }) =>
  Object.entries(wanted).some(([name, value]) => data[name] !== value) ||
  Boolean(wanted.brush && asked && asked !== wanted.brush) ||
  Boolean(question)

// What was held for has come; what is held waits on where a tool is still to come.
const release = (mine) => {
  mine.expected = null
  if (!mine.choosing) free(mine)
}

// Draws what was held, up to a click among it; without a canvas it stays held.
const free = (mine) => {
  mine.freeing = clearTimeout(mine.freeing)
  clearTimeout(mine.asking)
  mine.choosing = false
  const canvas = findCanvas(mine.box)?.querySelector(".upper-canvas")
  const held = mine.held ?? []
  const end = held.findIndex((event) => event.type === "click")
  const [strokes, clicks] = end < 0 ? [held, []] : [held.slice(0, end), held.slice(end)]
  if (strokes.length && !canvas) return hold(mine, mine.expected)
  const click = clicks.shift()
  mine.held = click ? clicks : null
  mine.expected = () => false
  mine.box.dataset.canvas = click ? "held" : "ready"
  for (const event of strokes) give(canvas, event)
  // What is being painted now is the last of what was held: behind a click it is held still, and none of these goes on.
  mine.stroke = mine.paints && !click ? lastOf([...mine.stroke, ...strokes]) : []
  const ended = strokes.some((event) => /up|end/.test(event.type))
  if (ended && mine.data.boxed) hold(mine, replaced(mine, true))
  // Streamlit takes a stroke and a click that it hears of at once for one on a part of the page: the stroke goes first.
  const press = () => click && setTimeout(go, 0, mine, click)
  if (!ended) return press()
  setTimeout(() => {
    flush(mine)
    press()
  }, 0)
}

const lastOf = (events) => events.slice(events.findLastIndex((event) => event.type === kindOf(event).begin))

const give = (canvas, event) => (/down|start/.test(event.type) ? canvas : document).dispatchEvent(again(event, canvas))

const go = (mine, click) => {
  click.at.dispatchEvent(new click.constructor(click.type, click))
  if (!mine.freeing) free(mine)
}

// A click acts on what was painted before it, so it waits for strokes that are held; what is painted after one that
// undoes or takes another tool is held until that is done.
const wait = (mine, event) => {
  if (mine.held?.length && event.isTrusted && !isOver(mine, event)) {
    event.stopImmediatePropagation()
    event.preventDefault()
    mine.held.push(Object.assign(event, { at: event.composedPath()[0] }))
  } else if (event.target.closest?.(STEPS)) hold(mine, replaced(mine))
  else {
    const radio = event.target.closest?.(".st-key-mask_tool [role=radio]")
    if (radio) choose(mine, { tool: mine.data.tools[toolButtons().indexOf(radio)] })
  }
}

const toolButtons = () => [...document.querySelectorAll(".st-key-mask_tool [role=radio]")]

// Does what a key asks for, as a click would: after the strokes that are held.
const inTurn = (mine, act) => {
  if (!mine.held?.length) return act()
  const at = new EventTarget()
  at.addEventListener("click", act)
  mine.held.push(Object.assign(new MouseEvent("click"), { at }))
}

// Hold strokes until the canvas has the tool, or the brush's size, that was chosen.
const choose = (mine, wanted) => {
  Object.assign(mine.wanted, wanted)
  clearTimeout(mine.questioning)
  mine.question = null
  if (isWanting(mine)) {
    mine.choosing = true
    mine.isTold = false
    hold(mine, mine.held ? mine.expected : null)
  } else if (!mine.choosing) mine.wanted = {}
  else question(mine)
}

// What was asked for is taken back. Where the server had not drawn it yet nothing changes, and nothing is told: so the
// server is asked whether it has heard of both.
const question = (mine) => {
  mine.question = mine.questions = Math.max(mine.questions, mine.data.heard) + 1
  const ask = (wait) => {
    mine.questioning = setTimeout(() => {
      mine.trigger("heard", mine.question)
      ask(INSISTING)
    }, wait)
  }
  clearTimeout(mine.questioning)
  ask(ASKING)
}

const answered = (mine) => {
  if (mine.question !== mine.data.heard) return
  clearTimeout(mine.questioning)
  mine.question = null
  mine.isTold = mine.isTold || !isWanting(mine)
}

const chosen = (mine) => {
  if (!mine.choosing || !mine.isTold || isWanting(mine)) return
  mine.choosing = false
  mine.wanted = {}
  if (mine.held && mine.expected === null) free(mine)
}

const keepBack = (mine, event) => {
  const { begin, end } = kindOf(event)
  const [begins, ends] = [event.type === begin, event.type === end || event.type === "touchcancel"]
  if (!event.isTrusted || !(begins ? isOver(mine, event) : mine.paints)) return
  mine.paints = !ends
  if (!mine.held) {
    if (begins || ends) mine.stroke = []
    if (ends) boxed(mine)
    else mine.stroke.push(event)
    return
  }
  mine.held.push(event)
  event.stopImmediatePropagation()
  if (event.cancelable) event.preventDefault()
}

// A stroke is sent as a whole. One that has become too long ends where it is, and what it painted is kept.
const count = (mine, event) => {
  const { move, end } = kindOf(event)
  if (!mine.down || event.type !== move || !FREE.includes(mine.data.tool)) return
  mine.moves += 1
  if (mine.moves !== LONG) return
  mine.paints = false
  mine.stroke = []
  document.dispatchEvent(again(event, mine.root.querySelector(".upper-canvas"), end))
  say(mine)
}

// Takes back the stroke that is being painted, wherever it is by now; whether there was one.
const cancel = (mine) => {
  if (!mine.paints || mine.data.tool === "Polygon") return false
  const at = mine.held?.findLastIndex((event) => event.type === kindOf(event).begin) ?? -1
  const [begun] = mine.stroke
  Object.assign(mine, { paints: false, down: false, stroke: [] })
  if (at >= 0) mine.held.length = at
  else if (begun) {
    takeBack(mine.root, begun, mine.data.tool)
    ended(mine)
    boxed(mine)
  }
  return true
}

// The canvas waits a moment before it sends a stroke. A click in that moment has to act on what is seen, so its own
// (hidden) button for sending is pressed at once. A polygon is sent by itself, and not before it is closed.
const flush = (mine) => {
  if (mine.data.tool !== "Polygon") send(mine.root)
}

// A stroke has ended, of which the canvas may not have heard yet.
const ended = (mine) => {
  mine.ended = performance.now()
  setTimeout(flush, 0, mine) // once the canvas has heard of it too
  rest(mine)
}

// The canvas hears of the end of a box that it has, in place of which it is given what the box stands for. Not before:
// an end that is held would end a second box, drawn anew.
const boxed = (mine) => {
  if (mine.data.boxed && !mine.held) hold(mine, replaced(mine, true))
}

const rest = (mine) => {
  clearTimeout(mine.resting)
  if (!mine.turn?.heavy || mine.down) return
  mine.resting = setTimeout(() => {
    hold(mine, replaced(mine))
    mine.turn.rest()
  }, Math.max(0, REST - (performance.now() - mine.ended)))
}

// A canvas that has just been mounted has none of the strokes that were taken of one before it, so it is given all.
const renew = (mine) => {
  if (!mine.isBare || !mine.turn) return
  mine.isBare = false
  if (!mine.turn.strokes) return
  hold(mine, replaced(mine))
  mine.turn.again()
}

// Where the canvas does not say by itself that it has been given something, as with a polygon or at first, it is asked,
// until the server has heard it.
// Each answer is a run of this part of the page: asked at a fixed pace, a slow server would get ever further behind.
const ask = (mine, wait = ASKING) => {
  clearTimeout(mine.asking)
  if (!mine.held || !mine.turn || mine.turn.drawn) return
  if (mine.opens <= 0) send(mine.root)
  mine.asking = setTimeout(ask, wait, mine, 2 * wait)
}

// What the server has taken since: it may have given the canvas another drawing.
const take = (mine, turn) => {
  const before = mine.turn
  const isExpected = !mine.held || mine.expected === null || mine.expected(turn)
  const isReplaced = before && replaced({ turn: before })(turn)
  mine.turn = turn
  if (before?.key !== turn.key) mine.stroke = [] // it was begun on another picture
  if (isReplaced) mine.opens = mine.points ? 2 : 0 // an open polygon must not be sent
  if (["round", "strokes", "key"].some((name) => before?.[name] !== turn[name])) mine.points = 0
  // The canvas forgets what it has of a stroke that is being painted. That it shows the new drawing may be the first
  // that is heard of it.
  if (isReplaced || !turn.drawn) {
    hold(mine, isExpected ? undefined : mine.expected)
    mine.held.unshift(...mine.stroke.splice(0))
  }
  if (turn.drawn && isExpected) release(mine)
  Object.assign(mine.box.dataset, { steps: turn.steps, heavy: turn.heavy })
  fit(mine)
  renew(mine)
  rest(mine)
}
