// Tells view.js what the server has taken of the canvas, and the server when it may give the canvas another drawing.

export default function ({ data, setTriggerValue }) {
  const box = document.querySelector(".st-key-mask_box")
  box.turn = { ...data, rest: () => setTriggerValue("rest", data.round) }
  box.dispatchEvent(new Event("turn"))
}
