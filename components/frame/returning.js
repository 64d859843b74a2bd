// The browser keeps a tab's name as long as the tab lives: after a reload the server hears which tab it was.

const KEY = "triptych-tab"
const AGAIN = 3000 // milliseconds, then twice as many: what was on its way over a connection that broke is said again

export default function ({ data, setTriggerValue }) {
  clearTimeout(window.triptychReturning)
  const stored = sessionStorage.getItem(KEY)
  if (!stored || stored === data.name) return sessionStorage.setItem(KEY, data.name)
  const tell = (wait) => {
    setTriggerValue("returned", stored)
    window.triptychReturning = setTimeout(() => tell(2 * wait), wait)
  }
  if (window.triptychTold === data.name) {
    window.triptychReturning = setTimeout(() => tell(2 * AGAIN), AGAIN)
    return
  }
  window.triptychTold = data.name
  tell(AGAIN)
}
