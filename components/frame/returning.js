// The browser keeps a tab's name as long as the tab lives: after a reload the server hears which tab it was.

const KEY = "triptych-tab"

export default function ({ data, setTriggerValue }) {
  const stored = sessionStorage.getItem(KEY)
  if (!stored || stored === data.name) return sessionStorage.setItem(KEY, data.name)
  if (window.triptychTold === data.name) return
  window.triptychTold = data.name
  setTriggerValue("returned", stored)
}
