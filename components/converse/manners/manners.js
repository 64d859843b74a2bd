// Brings the turn `data.newest` into view when it is another one than before. Keeps from the chat input every key that an
// input method is composing with: Safari tells of the Enter that ends a composition only by its old code, 229, after
// the composition has ended, and Streamlit would send.

const composing = (event) => {
  if ((event.isComposing || event.keyCode === 229) && event.target.closest?.(".st-key-message")) event.stopPropagation()
}

export default function ({ data, parentElement }) {
  const place = parentElement.host ?? parentElement
  document.addEventListener("keydown", composing, true) // the same one again changes nothing
  if (place.dataset.newest !== data.newest) {
    place.dataset.newest = data.newest
    const turn = [...document.querySelectorAll('[class*="st-key-turn_"]')].find((one) => one.className.includes(data.newest))
    if (data.newest) requestAnimationFrame(() => turn?.scrollIntoView({ block: "start" }))
  }
  return () => document.removeEventListener("keydown", composing, true)
}
