// Tells view.js what the server has taken of the canvas, and the server when it may give the canvas another drawing.

export default function ({ data, setTriggerValue }) {
  const box = document.querySelector(".st-key-mask_box")
  const tell = (event) => () => setTriggerValue(event, data.round)
  box.turn = { ...data, rest: tell("rest"), anew: tell("anew") }
  box.dispatchEvent(new Event("turn"))
}
