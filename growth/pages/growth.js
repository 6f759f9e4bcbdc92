// The tracker. It sends the pageviews and events of a visitor to growth. A page loads and calls it like this:
//
//   <script>window.growth = window.growth || function () { (growth.q = growth.q || []).push(arguments) }</script>
//   <script async src="https://growth.example/growth.js"></script>
//   growth('signup', {user_id: 'u-42'})
//
// If the script's tag has the attribute data-consent, the script sets no cookie and sends nothing until the page
// calls growth('consent'). growth('consent', false) drops the pageviews and events that wait for consent. The script
// is served without its comments and indentation.
(() => {
  // A page may load the script twice, for example with a tag of its own and with a tag manager.
  if (window.growth && growth.runs) return
  const tag = document.currentScript
  const home = tag.src.replace(/growth\.js.*/, '')
  const queued = window.growth && growth.q || []

  // A visitor whose browser asks not to be tracked gets no cookie and sends no request.
  if (navigator.globalPrivacyControl || navigator.doNotTrack == 1) {
    window.growth = () => {}
    return
  }

  // A first-party cookie names the visitor. Each page sets the cookie again, so that it does not expire. The loop
  // finds the widest domain for which the browser accepts the cookie, so that www.example.com and app.example.com
  // share it.
  let visitor
  const identify = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16))
    const fresh = [...bytes].map(byte => byte.toString(16).padStart(2, 0)).join('')
    visitor = (document.cookie.match(/(?:^|; )growth_id=(\w+)/) || [, fresh])[1]
    const cookie = `growth_id=${visitor}.${Date.now()}`
    const labels = location.hostname.split('.')
    const secure = location.protocol == 'https:' ? ';secure' : ''
    for (let count = 1; count <= labels.length + 1 && !document.cookie.includes(cookie); count++) {
      const domain = labels[count - 1] ? ';domain=' + labels.slice(-count).join('.') : ''
      document.cookie = `${cookie};path=/;max-age=34560000;samesite=lax${domain}${secure}`
    }
  }

  // Sends an item. Returns true if the browser refuses it for now, because the browser's queue of beacons is full
  // (64 KiB). An item that cannot be written as JSON, or that is too large for growth, is dropped.
  const refused = (path, item) => {
    try {
      const text = JSON.stringify({...item, fingerprint: visitor})
      return text.length <= 32768 && !navigator.sendBeacon(home + path, text)
    } catch {}
  }
  let waiting = [], allowed
  const flush = (only) => {
    if (!allowed) return
    waiting = waiting.filter(([path, item]) => only && only != path || refused(path, item))
    if (waiting.length) setTimeout(flush, 200)
  }

  // An event is sent a moment later, so that it arrives after the pageview of the page where it happened.
  const send = (path, item) => {
    if (allowed === false || waiting.length > 99) return
    waiting.push([path, item])
    path == 'events' ? setTimeout(flush, 200) : flush(path)
  }

  // The part of the URL's fragment that may be sent: a route, tags and click ids. The rest may contain a token.
  const fragment = () => {
    const [head, ...rest] = location.hash.slice(1).split('?')
    const route = /^[!/][^=&]*$/.test(head) ? head : ''
    const pairs = (rest.join('?') || head).split('&')
    const tags = pairs.filter(pair => /^((utm|mtm|pk|hsa)_\w+|ref|source|CLICK_IDS)=/i.test(pair)).join('&')
    return (route || tags) && '#' + route + (route && tags && '?') + tags
  }

  // Sends a pageview if the URL has changed since the last pageview, or if `again` is true.
  let seen
  const page = (again) => {
    const url = location.href.split('#')[0] + fragment()
    if (allowed === false || url == seen && again !== true) return
    const referrer_url = seen || document.referrer
    seen = url
    send('pageviews', {url, referrer_url, user_agent: navigator.userAgent})
  }
  const consent = (given) => {
    allowed = given !== false
    if (allowed) identify(), page(), flush('pageviews')
    else waiting = [], seen = 0
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
  addEventListener('pagehide', () => flush())
  window.growth = (name, fields) => name == 'consent' ? consent(fields) : send('events', {...fields, name})
  growth.runs = true

  const start = () => {
    'consent' in tag.dataset ? page() : consent()
    queued.forEach((call) => growth(...call))
  }
  if (document.prerendering) document.addEventListener('prerenderingchange', start)
  else start()
})()
