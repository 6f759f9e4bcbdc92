// Tells growth which pages a visitor sees, and what they do there:
//
//   <script>window.growth = window.growth || function () { (growth.q = growth.q || []).push(arguments) }</script>
//   <script async src="https://growth.example/growth.js"></script>
//   growth('signup', {user_id: 'u-42'})
//
// Lines of comment and indentation are left out when it is served; see growth/tracker/__init__.py.
(() => {
  // A second tag, or a tag manager, may bring it too.
  if (window.growth && growth.runs) return
  const home = document.currentScript.src.replace(/growth\.js.*/, '')
  const queued = window.growth && growth.q || []

  // Whoever asks not to be tracked is not: no cookie, no request.
  if (navigator.globalPrivacyControl || navigator.doNotTrack == 1) {
    window.growth = () => {}
    return
  }

  // The visitor is a first-party cookie. Set anew each time, so that it lives on; at the widest
  // domain that takes it, so that www.example.com and app.example.com know the same visitor.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const fresh = [...bytes].map(byte => byte.toString(16).padStart(2, 0)).join('')
  const visitor = (document.cookie.match(/(?:^|; )growth_id=(\w+)/) || [, fresh])[1]
  const cookie = `growth_id=${visitor}.${Date.now()}`
  const labels = location.hostname.split('.')
  const secure = location.protocol == 'https:' ? ';secure' : ''
  for (let count = 1; count <= labels.length + 1 && !document.cookie.includes(cookie); count++) {
    const domain = labels[count - 1] ? ';domain=' + labels.slice(-count).join('.') : ''
    document.cookie = `${cookie};path=/;max-age=34560000;samesite=lax${domain}${secure}`
  }

  const send = (path, item) =>
    navigator.sendBeacon(home + path, JSON.stringify({...item, fingerprint: visitor}))

  // A pageview whenever the URL is another one; a fragment counts only where it is a route.
  let seen
  const page = (again) => {
    const url = location.href.replace(/#(?![!/]).*/, '')
    if (url == seen && again !== true) return
    const referrer_url = seen || document.referrer
    seen = url
    send('pageviews', {url, referrer_url, user_agent: navigator.userAgent})
  }
  for (const name of ['pushState', 'replaceState']) {
    const original = history[name]
    history[name] = function () {
      original.apply(this, arguments)
      page()
    }
  }
  addEventListener('popstate', page)
  addEventListener('pageshow', (event) => event.persisted && page(true))
  if (document.prerendering) document.addEventListener('prerenderingchange', page)
  else page()

  // An event waits a moment, so that it does not overtake the pageview it happened on.
  const waiting = []
  const flush = () => waiting.splice(0).forEach((item) => send('events', item))
  addEventListener('pagehide', flush)
  window.growth = (name, fields) => {
    waiting.push({...fields, name})
    setTimeout(flush, 200)
  }
  growth.runs = true
  queued.forEach((call) => growth(...call))
})()
