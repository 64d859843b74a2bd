// Says where the picture behind the canvas is. Its bytes come once for a picture and zoom, not with every stroke.

const state = new WeakMap()

// Called anew with each rerun. What the newest call returns is called when the element goes; an older one's, too, where
// Streamlit had begun a newer call before the older was done.
export default function ({ data, parentElement }) {
  const mine = state.get(parentElement) ?? {}
  state.set(parentElement, mine)
  if (data !== mine.data) {
    if (mine.url) setTimeout(URL.revokeObjectURL, 2000, mine.url) // the next picture has to be there before this one goes
    mine.data = data
    mine.url = URL.createObjectURL(new Blob([data], { type: "image/webp" }))
  }
  const box = document.querySelector(".st-key-mask_box")
  box.backdrop = mine.url
  box.dispatchEvent(new Event("backdrop"))
  const call = (mine.calls = (mine.calls ?? 0) + 1)
  return () => {
    if (call !== mine.calls) return
    state.delete(parentElement)
    URL.revokeObjectURL(mine.url)
  }
}
