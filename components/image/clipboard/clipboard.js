// A button that copies `data.text`, or a picture whose bytes are asked for on the first press.

const PATIENCE = 15000 // milliseconds for the bytes to come
const SHOWN = 2500 // milliseconds for which "Copied" stands
const kept = new WeakMap()

const asPng = async (bytes) => {
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50
  if (isPng) return new Blob([bytes], { type: "image/png" })
  // Clipboards take png only. A vector has no pixels of its own until an <img> has drawn it.
  const isVector = bytes[0] !== 0xff && !/^(GIF8|RIFF)/.test(String.fromCharCode(...bytes.slice(0, 4)))
  const url = URL.createObjectURL(new Blob([bytes], isVector ? { type: "image/svg+xml" } : {}))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const canvas = document.createElement("canvas")
    canvas.width = image.naturalWidth
    canvas.height = image.naturalHeight
    canvas.getContext("2d").drawImage(image, 0, 0)
    return await new Promise((done, fail) =>
      canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png")
    )
  } finally {
    URL.revokeObjectURL(url)
  }
}

const arriving = (mine, ask) =>
  new Promise((resolve, reject) => {
    if (mine.bytes) return resolve(mine.bytes)
    mine.arrived = resolve
    setTimeout(() => reject(new Error("late")), PATIENCE)
    ask()
  })

const copyText = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  // Pages over plain http have no clipboard but this one.
  const field = document.createElement("textarea")
  field.value = text
  document.body.append(field)
  field.select()
  const done = document.execCommand("copy")
  field.remove()
  if (!done) throw new Error("denied")
}

const copyPicture = (mine, ask) =>
  navigator.clipboard.write([new ClipboardItem({ "image/png": arriving(mine, ask).then(asPng) })])

export default function ({ data, parentElement, setTriggerValue }) {
  const mine = kept.get(parentElement) ?? {}
  kept.set(parentElement, mine)
  const isText = typeof data?.text === "string"
  const button = parentElement.querySelector("button")
  const label = parentElement.querySelector(".label")
  const icon = parentElement.querySelector(".icon")
  const status = parentElement.querySelector("[role=status]")
  const name = data?.label ?? "Copy image"

  if (data instanceof Uint8Array) {
    mine.bytes = data
    mine.arrived?.(data)
  }
  if (!mine.busy) label.textContent = name

  const say = (word, sign, message) => {
    label.textContent = word
    icon.textContent = sign
    status.textContent = message
  }

  button.onclick = async () => {
    if (!isText && !(navigator.clipboard && window.ClipboardItem)) {
      return say(name, "content_copy", "Browsers copy images only over https or on localhost. Download it instead.")
    }
    mine.busy = true
    try {
      await (isText ? copyText(data.text) : copyPicture(mine, () => setTriggerValue("wanted", true)))
      say("Copied", "check", "")
      setTimeout(() => ((mine.busy = false), say(name, "content_copy", "")), SHOWN)
    } catch (error) {
      mine.busy = false
      const late = error.message === "late"
      const advice = isText ? "Select the text and copy it with the keyboard." : "Download the image instead."
      say(name, "content_copy", late ? "The image did not come. Try again." : `The browser did not allow it. ${advice}`)
    }
  }
}
