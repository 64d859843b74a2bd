// The name of a key that was pressed outside of any text; "" where it is none of ours, because somebody types, composes
// a letter, or has a window open over the page.

const TEXT = `textarea, select, [contenteditable]:not([contenteditable="false"]), [role="textbox"], [role="combobox"],
  [role="spinbutton"], input:not([type="range"], [type="checkbox"], [type="radio"], [type="button"], [type="color"])`
const BRACKETS = { BracketLeft: "[", BracketRight: "]" }
const WINDOW = '[role="dialog"][aria-modal="true"], dialog[open]'

const keyOf = (event) => {
  const at = event.composedPath()[0]
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return ""
  if (at.matches?.(TEXT) || document.querySelector(WINDOW)) return ""
  // Of a letter that is not on a Latin keyboard the place of the key counts, and of an accent that waits for its letter.
  const isNamed = (event.key.length > 1 && event.key !== "Dead") || /^[\x20-\x7e]$/.test(event.key)
  return (isNamed ? event.key : (BRACKETS[event.code] ?? event.code.replace(/^(Key|Digit)/, ""))).toLowerCase()
}
