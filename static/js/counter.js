/* Keys and type-ahead for the teller's page. Every act is a button of a plain form; this only presses it. */
"use strict";

const SWITCH = "counter-keys-off"; // one-key shortcuts can be switched off, for readers that use the same keys
const field = document.getElementById("organisation");
const list = document.getElementById("suggestions");
const queue = document.getElementById("queue");
const keysOn = document.getElementById("keys-on");
let sent = false;

/* ---- one press is one act ------------------------------------------------------------------------------------ */
document.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", (event) => {
  sent = false;
  if (event.persisted) location.reload(); // an old page would show an old queue
});

/* ---- the queue ------------------------------------------------------------------------------------------------ */
const rows = () => [...(queue?.children ?? [])];
const selected = () => queue?.querySelector(".selected");

function select(row) {
  if (!row) return;
  for (const each of rows()) {
    each.classList.toggle("selected", each === row);
    if (each === row) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  row.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const all = rows();
  select(all[Math.min(all.length - 1, Math.max(0, all.indexOf(selected()) + step))]);
}

/* The frame stands on the customer of the last act (the server names it behind the #), else on nobody: after a slip went
   out or a wrong start was removed, Enter must not end somebody else's transaction. */
select(rows().find((row) => `#${row.id}` === location.hash));

queue?.addEventListener("click", (event) => select(event.target.closest(".running")));
queue?.addEventListener("focusin", (event) => select(event.target.closest(".running")));

/* ---- keys ------------------------------------------------------------------------------------------------------ */
const press = (selector, within = document) => within?.querySelector(selector)?.click();
const slips = () => [...document.querySelectorAll("#today .code")];

function moveInSlips(step) {
  const all = slips();
  const at = all.indexOf(document.activeElement);
  if (at < 0) return false;
  all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
  return true;
}

function nextWay() {
  const all = [...document.querySelectorAll("#ways .way[aria-pressed]:not(:disabled)")];
  const now = all.findIndex((each) => each.getAttribute("aria-pressed") === "true");
  all[(now + 1) % all.length]?.click();
}

/* An act of the framed transaction; where none is framed the page says how to choose one. */
function pressSelected(selector) {
  const hint = document.getElementById("choose");
  if (hint) hint.hidden = Boolean(selected()) || rows().length === 0;
  press(selector, selected() ?? null);
}

/* A slip's page: a letter leads to one of its two forms, then a digit chooses a reason and Enter sends it. */
const reasonForm = () => document.activeElement?.closest("form.reason");
const enterForm = (letter) => document.querySelector(`form.reason[data-letter="${letter}"] input[type=radio]`)?.focus();

function chooseReason(digit) {
  const reason = reasonForm()?.querySelector(`[data-digit="${digit}"]`);
  if (!reason) return false;
  reason.checked = true;
  reason.focus();
  return true;
}

const acts = {
  Enter: () => pressSelected('[data-outcome="Enter"]'),
  b: () => pressSelected('[data-outcome="B"]'),
  t: () => pressSelected('[data-outcome="T"]'),
  r: () => press("[data-repeat]"),
  h: () => slips()[0]?.focus(),
  k: () => field?.focus(),
  z: () => press("[data-undo]"),
  s: () => pressSelected("[data-change]"),
  x: () => enterForm("x"),
  p: () => enterForm("p"),
  c: () => document.getElementById("stub")?.focus(),
  0: () => {
    const others = document.querySelector(".others");
    if (!others) return;
    others.open = true;
    others.querySelector(".procedure").focus();
  },
  F2: () => nextWay(),
  ArrowDown: () => moveInSlips(1) || move(1),
  ArrowUp: () => moveInSlips(-1) || move(-1),
  Escape: () => press("[data-back]"),
  "?": () => {
    const sheet = document.getElementById("shortcuts");
    sheet.open = !sheet.open;
    if (sheet.open) sheet.querySelector("summary").focus();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.repeat || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  const target = event.target;
  if (target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select")) {
    if (event.key === "Escape") target.blur();
    if (event.key !== "F2" || target.value) return; // types nothing, and nothing typed goes
  }
  if (!keysAreOn() && event.key !== "?") return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (key === "Enter" && target.closest("a, button, summary, input")) return; // its own meaning there
  const act = /^[1-9]$/.test(key) ? () => chooseReason(key) || press(`[data-key="${key}"]`) : acts[key];
  if (!act) return;
  event.preventDefault();
  act();
});

function keysAreOn() {
  return localStorage.getItem(SWITCH) === null;
}

keysOn?.addEventListener("change", () => {
  if (keysOn.checked) localStorage.removeItem(SWITCH);
  else localStorage.setItem(SWITCH, "1");
});
if (keysOn) {
  keysOn.checked = keysAreOn();
  document.getElementById("keys-switch").hidden = false;
}
document.body.classList.add("with-keys");

/* ---- clocks: from the server's time, whatever the clock of this machine says ------------------------------------------ */
const serverTime = Number(document.getElementById("server-time")?.textContent);
const loadedAt = performance.now();
const serverNow = () => serverTime + Math.floor((performance.now() - loadedAt) / 1000);
const hour = new Intl.DateTimeFormat("vi-VN", { timeStyle: "medium", timeZone: "Asia/Ho_Chi_Minh" });
const two = (n) => String(n).padStart(2, "0");

function span(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return queue.dataset.minutes.replace("{}", minutes);
  if (minutes < 48 * 60) return queue.dataset.hours.replace("{}", Math.floor(minutes / 60));
  return queue.dataset.days.replace("{}", Math.floor(minutes / (24 * 60)));
}

function elapsed(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return queue.dataset.minutes.replace("{}", `${minutes}:${two(seconds % 60)}`);
  return queue.dataset.hours.replace("{}", `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`);
}

/* Soon is the last fifth of the time given, at most its last hour: as the server has it (surveys.counter.console.due). */
function tick() {
  const now = serverNow();
  const wall = document.getElementById("wall");
  if (wall) wall.textContent = hour.format(new Date(now * 1000));
  const undo = document.getElementById("undo");
  if (undo) {
    const left = Number(undo.dataset.until) - now;
    undo.hidden = left <= 0;
    undo.querySelector("[data-undo]").disabled = left <= 0;
    undo.querySelector("[data-left]").textContent = left > 0 ? left : "";
    undo.querySelector("[data-ring]").setAttribute("stroke-dasharray", `${Math.max(0, left)} 60`);
  }
  for (const row of rows()) {
    const started = Number(row.dataset.started);
    row.querySelector(".minutes").textContent = elapsed(Math.max(0, now - started));
    if (!row.dataset.due) continue;
    const left = Number(row.dataset.due) - now;
    const state = left < 0 ? "late" : left <= Math.min((Number(row.dataset.due) - started) / 5, 3600) ? "soon" : "early";
    const told = queue.dataset[state].replace("{}", span(Math.abs(left)));
    const due = row.querySelector(".due");
    if (due.dataset.state !== state) {
      due.dataset.state = state;
      due.classList.toggle("chip", state !== "early");
      due.classList.toggle("chip-late", state !== "early");
    }
    const said = state === "early" ? `· ${told}` : told;
    const words = due.querySelector(".said");
    if (words.textContent !== said) words.textContent = said;
  }
}
if (queue && serverTime) {
  tick();
  setInterval(tick, 1000);
}

/* ---- the printer: for half a minute after the page came, which may have handed it a slip -------------------------- */
const printer = document.getElementById("printer");

async function askPrinter(times) {
  if (!times) return;
  try {
    const response = await fetch(printer.dataset.address);
    const { words, trouble, works } = await response.json();
    printer.textContent = trouble ? `${words} · ${trouble}` : words;
    for (const [name, is] of Object.entries({ trouble: !works, works, lacks: !works })) printer.classList.toggle(name, is);
  } catch {
    /* without network the next page will tell */
  }
  setTimeout(askPrinter, 3000, times - 1);
}
if (printer) setTimeout(askPrinter, 3000, 10);

/* ---- the customer's organisation -------------------------------------------------------------------------------- */
let asked = 0;
let timer = 0;
const options = () => [...list.querySelectorAll("[role=option]")];
const current = () => list.querySelector('[aria-selected="true"]');

function close() {
  list.hidden = true;
  list.replaceChildren();
  field.setAttribute("aria-expanded", "false");
  field.removeAttribute("aria-activedescendant");
}

function mark(option) {
  for (const each of options()) each.setAttribute("aria-selected", String(each === option));
  if (option) field.setAttribute("aria-activedescendant", option.id);
}

function choose(option) {
  field.value = option.dataset.name;
  close();
  document.querySelector(".procedure")?.focus(); // the next key starts
}

async function suggest() {
  const typed = field.value.trim();
  const turn = ++asked;
  if (!typed) return close();
  try {
    const response = await fetch(`${field.form.dataset.organisations}?q=${encodeURIComponent(typed)}`);
    if (!response.ok) return close();
    const found = (await response.json()).organisations;
    if (turn !== asked || document.activeElement !== field) return;
    list.replaceChildren(...found.map((each, n) => {
      const item = document.createElement("li");
      item.id = `option-${n}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(n === 0));
      item.dataset.name = each.name;
      const code = document.createElement("span");
      code.className = "muted small";
      code.textContent = each.code;
      item.append(each.name, code);
      return item;
    }));
    list.hidden = found.length === 0;
    field.setAttribute("aria-expanded", String(found.length > 0));
    if (found.length) mark(options()[0]);
  } catch {
    close(); // without network the plain field still works
  }
}

if (field) {
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", "suggestions");
  field.setAttribute("aria-expanded", "false");
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(suggest, 120);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !list.hidden) {
      event.preventDefault();
      const all = options();
      mark(all[(all.indexOf(current()) + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (current()) choose(current());
      else document.querySelector(".procedure")?.focus();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    event.preventDefault();
    choose(option);
  });
}
