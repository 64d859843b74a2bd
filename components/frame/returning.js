// The browser keeps a tab's name as long as the tab lives: after a reload the server hears which tab it was.

const KEY = "triptych-tab"
const AGAIN = 2000 // milliseconds: a connection that breaks takes along what was on its way, so it is said again

export default function ({ data, setTriggerValue }) {
  clearInterval(window.triptychReturning)
  const stored = sessionStorage.getItem(KEY)
  if (!stored || stored === data.name) return sessionStorage.setItem(KEY, data.name)
  const tell = () => setTriggerValue("returned", stored)
  window.triptychReturning = setInterval(tell, AGAIN)
  if (window.triptychTold === data.name) return
  window.triptychTold = data.name
  tell()
}
