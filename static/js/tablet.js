/* The tablet at the counter. One document stays open; whatever the server answers takes the place of the page before, so
   that no ballot is ever in the history, and nothing is kept anywhere: no storage, no worker, no queue. */
"use strict";

const HOME = "/k/";
const POLL_MS = 1500;
const IDLE_MS = 30_000;
const COVER_MS = 10_000;
const PATIENCE_MS = 6_000;

let busy = false;        // a form is on its way
let lastTouch = Date.now();
let closesAt = 0;        // when a closing page goes away
let failures = 0;        // polls in a row that got no answer
let welcome = null;      // a clean copy, shown when there is no network to fetch one

const main = () => document.querySelector("main");
const screen = () => main()?.dataset.screen ?? "notice";
const all = (selector) => document.querySelectorAll(selector);

async function ask(url, options = {}) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), PATIENCE_MS);
  try {
    return await fetch(url, { cache: "no-store", credentials: "same-origin", signal: control.signal, ...options });
  } finally {
    clearTimeout(timer);
  }
}

/* The server's page, or null when it was somebody else's (a proxy's, a hotspot's). */
async function pageOf(response) {
  const type = response.headers.get("Content-Type") ?? "";
  if (!type.startsWith("text/html")) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return page.querySelector("main") ? page : null;
}

function put(page) {
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  document.body.replaceWith(document.adoptNode(page.body));
  begin();
}

function begin() {
  lastTouch = Date.now();
  busy = false;
  if (screen() === "welcome") welcome = document.cloneNode(true);
  const seconds = document.querySelector("[data-seconds]")?.dataset.seconds;
  closesAt = seconds ? Date.now() + Number(seconds) * 1000 : 0;
  document.querySelector("[autofocus]")?.focus();
  window.scrollTo(0, 0);
}

/* Whatever is on the screen goes at once; the fresh page follows when the server is there. */
async function home() {
  if (location.search) history.replaceState(null, "", HOME);
  if (welcome) put(welcome.cloneNode(true));
  else document.body.replaceChildren();
  const cleared = document.body;
  try {
    const page = await pageOf(await ask(HOME));
    if (page && document.body === cleared) put(page); // else a ballot has come in the meantime
  } catch {
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
    if (response.status >= 500) return online(false);
    online(true);
    if (response.status === 204 || screen() !== here) return;
    const page = await pageOf(response);
    if (page && !(here === "waiting" && page.querySelector("main").dataset.screen === "waiting")) put(page);
  } catch {
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
  const body = new URLSearchParams(new FormData(form));
  const unsent = document.querySelector("[data-unsent]");
  if (unsent) unsent.hidden = true;
  main().setAttribute("aria-busy", "true");
  try {
    const response = await ask(button?.hasAttribute("formaction") ? button.formAction : form.action, { method: "POST", body });
    const page = await pageOf(response);
    // The form may be gone: nobody touched the screen while the answer was on its way.
    if (!form.isConnected) return;
    if (page && (response.status < 500 || page.querySelector("main").dataset.screen === "ballot")) return put(page);
    if (unsent) unsent.hidden = false;
  } catch {
    // The same form may be sent again: the server takes it once.
    if (unsent) unsent.hidden = false;
  } finally {
    busy = false;
    main()?.removeAttribute("aria-busy");
    lastTouch = Date.now();
    if (unsent && !unsent.hidden) unsent.scrollIntoView({ block: "nearest" });
  }
}

function cover(left) {
  const panel = document.getElementById("cover");
  if (!panel) return;
  if (left === null) {
    if (panel.hidden) return;
    panel.hidden = true;
    main().inert = false;
    document.querySelector("header").inert = false;
    return;
  }
  const seconds = Math.ceil(left / 1000);
  panel.querySelector("[data-left]").textContent = seconds;
  panel.querySelector(".left").setAttribute("stroke-dashoffset", 10 - seconds);
  if (!panel.hidden) return;
  panel.hidden = false;
  main().inert = true;
  document.querySelector("header").inert = true;
  document.getElementById("stay").focus();
}

function tick() {
  const now = Date.now();
  const here = screen();
  if (closesAt) {
    const left = Math.max(0, Math.ceil((closesAt - now) / 1000));
    document.querySelector(".closing [data-left]").textContent = left;
    document.querySelector(".closing progress").value = left;
    if (left === 0) home();
    return;
  }
  const idle = now - lastTouch;
  if (here === "ballot") {
    if (busy) lastTouch = now;
    else if (idle >= IDLE_MS) home();
    else cover(idle >= IDLE_MS - COVER_MS ? IDLE_MS - idle : null);
  } else if (idle >= IDLE_MS && (here === "notice" || (here === "welcome" && document.documentElement.lang === "en"))) {
    home();
  }
}

function touched(event) {
  // Under the cover only its button counts: a sleeve on the screen keeps nobody's answers open.
  if (document.getElementById("cover")?.hidden === false && !event.target.closest?.("#stay")) return;
  lastTouch = Date.now();
}

for (const kind of ["pointerdown", "keydown", "input", "wheel", "touchmove"]) {
  document.addEventListener(kind, touched, { passive: true });
}
document.addEventListener("scroll", touched, { passive: true, capture: true });
document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, event.submitter);
});
document.addEventListener("click", (event) => {
  const target = event.target.closest?.("#stay, #keep, a[href]");
  if (!target) return;
  if (target.id === "stay") {
    lastTouch = Date.now();
    cover(null);
  } else if (target.id === "keep") {
    closesAt = Date.now() + 20_000;
    const bar = document.querySelector(".closing progress");
    bar.max = 20;
    target.hidden = true;
  } else if (!target.hash) {
    event.preventDefault();
    if ("home" in target.dataset) home();
    else if (target.origin === location.origin && target.pathname === HOME) location.replace(target.href);
  }
});
document.addEventListener("contextmenu", (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) tick();
});
// Left for another page, frozen, or brought back: what a customer saw is not there any more.
window.addEventListener("pagehide", () => document.body.replaceChildren());
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.replace(HOME);
});

begin();
setInterval(tick, 250);
keepPolling();
