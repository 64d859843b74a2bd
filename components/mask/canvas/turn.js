// Tells view.js what the server has taken of the canvas, and the server when it may or has to give the canvas another
// drawing.

export default function ({ data, setTriggerValue }) {
  const box = document.querySelector(".st-key-mask_box")
  const [rest, again] = ["rest", "again"].map((name) => () => setTriggerValue(name, data.round))
  box.turn = { ...data, rest, again }
  box.dispatchEvent(new Event("turn"))
}
