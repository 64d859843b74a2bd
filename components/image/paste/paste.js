// Hands files that are dropped anywhere on the page, and images from the clipboard, to the file uploader inside the
// container `data.place`. What is dropped on a field of its own is that field's.

const FIELDS = ".stFileUploader, .stChatInput"
const hasFiles = (event) => event.dataTransfer?.types.includes("Files")

export default function ({ data, parentElement }) {
  const place = () => document.querySelector(`.st-key-${CSS.escape(data.place)}`)
  let isOurs = false // what is dragged is an image of the page itself

  const give = (files) => {
    const field = place()?.querySelector("input[type=file]")
    if (!files.length || !field) return false
    const carrier = new DataTransfer()
    files.slice(0, field.multiple ? files.length : 1).forEach((file) => carrier.items.add(file))
    field.files = carrier.files
    field.dispatchEvent(new Event("change", { bubbles: true }))
    return true
  }
  const paste = (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"))
    if (give(files)) event.preventDefault()
  }
  const mark = (isOver) => place()?.toggleAttribute("data-dropping", isOver)
  const begin = () => (isOurs = true)
  const end = () => (isOurs = false)
  const over = (event) => {
    if (isOurs || !hasFiles(event)) return
    event.preventDefault() // or the browser would leave the page for the file
    mark(true)
  }
  const leave = (event) => event.relatedTarget || mark(false)
  const drop = (event) => {
    mark(false)
    if (isOurs || !hasFiles(event) || event.target.closest?.(FIELDS)) return
    event.preventDefault()
    give([...event.dataTransfer.files])
  }
  const heard = { paste, dragstart: begin, dragend: end, dragover: over, dragleave: leave, drop }
  for (const [name, does] of Object.entries(heard)) document.addEventListener(name, does)
  const host = parentElement.host ?? parentElement
  host.setAttribute("data-listens", "paste")
  return () => {
    for (const [name, does] of Object.entries(heard)) document.removeEventListener(name, does)
  }
}
