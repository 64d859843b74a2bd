// Windows over the page hang on the document, outside of the app: they are to be as light or as dark as it is.

const followScheme = () => {
  const app = document.querySelector('[data-testid="stApp"]')
  const follow = () => {
    document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme
  }
  const theme = new MutationObserver(follow)
  theme.observe(app, { attributeFilter: ["class"] })
  follow()
  return () => theme.disconnect()
}
