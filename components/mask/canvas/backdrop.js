// Puts the picture behind the canvas. Its bytes come once for a picture and zoom, not with every stroke.

const EVERY = 150 // milliseconds between looks for a canvas that has just been mounted
const state = new WeakMap()

const place = (mine) => {
  for (const host of document.querySelectorAll(".st-key-mask_box *")) {
    const box = host.shadowRoot?.querySelector(".dc-container")
    if (box && box.dataset.backdrop !== mine.url) {
      box.dataset.backdrop = mine.url
      box.style.backgroundImage = `url("${mine.url}")`
    }
  }
}

// Called anew with each rerun. What the newest call returns is called when the element goes; an older one's, too, where
// Streamlit had begun a newer call before the older was done.
export default function ({ data, parentElement }) {
  const mine = state.get(parentElement) ?? {}
  if (!state.has(parentElement)) {
    state.set(parentElement, mine)
    mine.timer = setInterval(place, EVERY, mine)
  }
  if (data !== mine.data) {
    if (mine.url) setTimeout(URL.revokeObjectURL, 2000, mine.url) // the next picture has to be there before this one goes
    mine.data = data
    mine.url = URL.createObjectURL(new Blob([data], { type: "image/webp" }))
  }
  place(mine)
  const call = (mine.calls = (mine.calls ?? 0) + 1)
  return () => {
    if (call !== mine.calls) return
    state.delete(parentElement)
    clearInterval(mine.timer)
    URL.revokeObjectURL(mine.url)
  }
}
