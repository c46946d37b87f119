/* The tablet at the counter. One document stays open; whatever the server answers takes the place of the page before, so
   that no ballot is ever in the history, and nothing is kept anywhere: no storage, no worker, no queue.
   Written for WebView and Safari of 2017 (ECMAScript 2017); tests/test_scripts.py holds it to that. A device that cannot
   read it goes on by tablet-refresh.js, and one without script by the pages' own refresh. */
"use strict";

(function () {
  if (!window.fetch || !window.URLSearchParams || !window.DOMParser || !Element.prototype.closest) return;
  window.kioskRuns = true;

  const HOME = "/k/";
  const POLL_MS = 1500;
  const IDLE_MS = 30000;
  const COVER_MS = 10000;
  const PATIENCE_MS = 6000;
  const MORE_MS = 20000;

  let busy = false;        // a form is on its way
  let lastTouch = Date.now();
  let closesAt = 0;        // when a closing page goes away
  let failures = 0;        // polls in a row that got no answer
  let welcome = null;      // a clean copy, shown when there is no network to fetch one
  let pressed = null;      // the button that sends the form

  const one = (selector) => document.querySelector(selector);
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const main = () => one("main");
  const screen = () => (main() && main().dataset.screen) || "notice";

  function cleared() {
    while (document.body.firstChild) document.body.removeChild(document.body.firstChild);
  }

  /* An answer, or an error once patience is over; what arrives later is not looked at. */
  function ask(url, options) {
    const late = new Promise((_done, fail) => { setTimeout(() => fail(new Error("late")), PATIENCE_MS); });
    return Promise.race([fetch(url, Object.assign({ cache: "no-store", credentials: "same-origin" }, options)), late]);
  }

  /* The server's page, or null when it was somebody else's (a proxy's, a hotspot's). */
  async function pageOf(response) {
    const type = response.headers.get("Content-Type") || "";
    if (!type.startsWith("text/html")) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("main") ? page : null;
  }

  function put(page) {
    document.documentElement.lang = page.documentElement.lang;
    document.title = page.title;
    document.documentElement.replaceChild(document.adoptNode(page.body), document.body);
    begin();
  }

  function begin() {
    hush(); // what is read out goes with its page
    lastTouch = Date.now();
    busy = false;
    pressed = null;
    if (screen() === "welcome") {
      document.documentElement.className = ""; // the next customer begins with ordinary letters and colours
      welcome = document.cloneNode(true);
    }
    for (const tools of all("[data-tools]")) tools.hidden = false;
    told();
    const closing = one(".closing[data-seconds]");
    closesAt = closing ? Date.now() + Number(closing.dataset.seconds) * 1000 : 0;
    const first = one("[autofocus]");
    if (first) first.focus();
    window.scrollTo(0, 0);
  }

  /* Whatever is on the screen goes at once; the fresh page follows when the server is there. */
  async function home() {
    if (location.search) history.replaceState(null, "", HOME);
    if (welcome) put(welcome.cloneNode(true));
    else cleared();
    const bare = document.body;
    try {
      const page = await pageOf(await ask(HOME));
      if (page && document.body === bare) put(page); // else a ballot has come in the meantime
    } catch (_error) {
      /* the clean copy stays */
    }
  }

  function online(yes) {
    failures = yes ? 0 : failures + 1;
    const lost = failures >= 2;
    for (const part of all("[data-online]")) part.hidden = lost;
    for (const part of all("[data-offline]")) part.hidden = !lost;
  }

  async function poll() {
    const here = screen();
    if (document.hidden || busy || (here !== "welcome" && here !== "waiting")) return;
    const language = document.documentElement.lang === "en" ? "?lang=en" : "";
    try {
      const response = await ask(here === "waiting" ? HOME : `${HOME}next${language}`);
      if (response.status >= 500) {
        online(false);
        return;
      }
      online(true);
      if (response.status === 204 || screen() !== here) return;
      const page = await pageOf(response);
      if (page && !(here === "waiting" && page.querySelector("main").dataset.screen === "waiting")) put(page);
    } catch (_error) {
      online(false);
    }
  }

  async function keepPolling() {
    await poll();
    setTimeout(keepPolling, POLL_MS);
  }

  async function send(form, button) {
    if (busy) return;
    busy = true;
    const body = new URLSearchParams();
    for (const field of Array.from(form.elements)) {
      const chosen = field.type === "radio" || field.type === "checkbox" ? field.checked : field.type !== "submit" && field.type !== "button";
      if (field.name && chosen && !field.disabled) body.append(field.name, field.value);
    }
    const unsent = one("[data-unsent]");
    if (unsent) unsent.hidden = true;
    main().setAttribute("aria-busy", "true");
    try {
      const url = button && button.hasAttribute("formaction") ? button.formAction : form.action;
      const headers = { "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8" };
      const response = await ask(url, { method: "POST", body: body.toString(), headers });
      const page = await pageOf(response);
      // The form may be gone: nobody touched the screen while the answer was on its way.
      if (!document.body.contains(form)) return;
      if (page && (response.status < 500 || page.querySelector("main").dataset.screen === "ballot")) {
        put(page);
        return;
      }
      if (unsent) unsent.hidden = false;
    } catch (_error) {
      // The same form may be sent again: the server takes it once.
      if (unsent) unsent.hidden = false;
    } finally {
      busy = false;
      if (main()) main().removeAttribute("aria-busy");
      lastTouch = Date.now();
      if (unsent && !unsent.hidden) unsent.scrollIntoView(false);
    }
  }

  function shut(yes) {
    main().inert = yes;
    one("header").inert = yes;
  }

  function cover(left) {
    const panel = document.getElementById("cover");
    if (!panel) return;
    if (left === null) {
      if (panel.hidden) return;
      panel.hidden = true;
      shut(false);
      return;
    }
    const seconds = Math.ceil(left / 1000);
    panel.querySelector("[data-left]").textContent = seconds;
    panel.querySelector(".left").setAttribute("stroke-dashoffset", 10 - seconds);
    if (!panel.hidden) return;
    panel.hidden = false;
    shut(true);
    document.getElementById("stay").focus();
  }

  function tick() {
    const now = Date.now();
    const here = screen();
    if (closesAt) {
      const left = Math.max(0, Math.ceil((closesAt - now) / 1000));
      one(".closing [data-left]").textContent = left;
      one(".closing progress").value = left;
      if (left === 0) home();
      return;
    }
    const idle = now - lastTouch;
    if (here === "ballot") {
      if (busy || reading) lastTouch = now;
      else if (idle >= IDLE_MS) home();
      else cover(idle >= IDLE_MS - COVER_MS ? IDLE_MS - idle : null);
    } else if (idle >= IDLE_MS && (here === "notice" || (here === "welcome" && document.documentElement.lang === "en"))) {
      home();
    }
  }

  function touched(event) {
    // Under the cover only its button counts: a sleeve on the screen keeps nobody's answers open.
    const panel = document.getElementById("cover");
    if (panel && !panel.hidden && !(event.target.closest && event.target.closest("#stay"))) return;
    lastTouch = Date.now();
  }

  /* ── The ballot read out: one clip after the other; it says what may be chosen, never what was ─────────────── */
  const sound = new Audio();
  let reading = null;      // the button that is being listened to
  let clips = [];

  function hush() {
    sound.pause();
    clips = [];
    if (reading) reading.setAttribute("aria-pressed", "false");
    reading = null;
  }

  function next() {
    const address = clips.shift();
    if (!address) {
      hush();
      return;
    }
    sound.src = address;
    const playing = sound.play();
    if (playing && playing.catch) playing.catch(() => {}); // stopped before it began
  }

  function listen(button) {
    const again = button === reading;
    hush();
    if (again) return;
    reading = button;
    button.setAttribute("aria-pressed", "true");
    clips = button.dataset.listen.trim().split(/\s+/);
    next();
  }

  sound.addEventListener("ended", next);
  sound.addEventListener("error", () => { if (reading) next(); });

  /* ── Letters, contrast, and room for the keyboard ─────────────────────────────────────── */
  function told() {
    for (const tool of all("[data-look]")) {
      const on = document.documentElement.classList.contains(tool.dataset.look);
      tool.setAttribute("aria-pressed", String(on));
    }
  }

  /* While somebody types, the answers become lines that say only whether they are chosen; Gửi stands beside the field. */
  function typing(yes) {
    const form = one(".ballot");
    if (!form) return;
    form.classList.toggle("typing", yes);
    for (const criterion of Array.from(form.querySelectorAll(".q"))) {
      const words = one("[data-typing]").dataset;
      criterion.dataset.said = criterion.querySelector(":checked") ? words.chosen : words.unchosen;
    }
    if (yes) window.scrollTo(0, 0);
  }

  function tap(event) {
    const target = event.target.closest ? event.target.closest("#stay, #keep, [data-look], [data-listen], [data-typing] button, button, a[href]") : null;
    if (!target) return;
    if (target.type === "submit") pressed = target;
    if (target.id === "stay") {
      lastTouch = Date.now();
      cover(null);
    } else if (target.id === "keep") {
      closesAt = Date.now() + MORE_MS; // as often as asked
      one(".closing progress").max = MORE_MS / 1000;
    } else if (target.dataset.look) {
      document.documentElement.classList.toggle(target.dataset.look);
      told();
    } else if (target.dataset.listen) {
      listen(target);
    } else if ("answers" in target.dataset) {
      typing(false);
    } else if ("drop" in target.dataset) {
      document.getElementById("comment").value = "";
      for (const reason of all("[name=reasons]")) reason.checked = false;
      one(".ballot details").open = false;
      typing(false);
    } else if (target.href && !target.hash) {
      event.preventDefault();
      if ("home" in target.dataset) home();
      else if (target.origin === location.origin && target.pathname === HOME) location.replace(target.href);
    }
  }

  for (const kind of ["pointerdown", "touchstart", "mousedown", "keydown", "input", "wheel", "touchmove"]) {
    document.addEventListener(kind, touched, { passive: true });
  }
  document.addEventListener("scroll", touched, { passive: true, capture: true });
  document.addEventListener("click", tap, true);
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = pressed && pressed.form === event.target ? pressed : null;
    pressed = null;
    send(event.target, button);
  });
  document.addEventListener("toggle", (event) => {
    if (event.target.matches(".ballot details")) typing(event.target.open);
  }, true);
  document.addEventListener("focusin", (event) => {
    if (event.target.id === "comment") typing(true);
  });
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) tick();
  });
  // Left for another page, frozen, or brought back: what a customer saw is not there any more.
  window.addEventListener("pagehide", cleared);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.replace(HOME);
  });

  begin();
  setInterval(tick, 250);
  keepPolling();
})();
