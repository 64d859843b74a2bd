// Hands pictures from the clipboard to the file uploader inside the container `data.place`.

export default function ({ data, parentElement }) {
  const paste = (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"))
    const field = document.querySelector(`.st-key-${CSS.escape(data.place)} input[type=file]`)
    if (!files.length || !field) return
    event.preventDefault()
    const carrier = new DataTransfer()
    files.forEach((file) => carrier.items.add(file))
    field.files = carrier.files
    field.dispatchEvent(new Event("change", { bubbles: true }))
  }
  document.addEventListener("paste", paste)
  const place = parentElement.host ?? parentElement
  place.setAttribute("data-listens", "paste")
  return () => document.removeEventListener("paste", paste)
}
