/* A pile's page: running sums, Enter from field to field, Ctrl+Enter to finish. The form works without any of it. */
"use strict";

const form = document.getElementById("keying");
const stubs = document.getElementById("stubs");
const counts = [...form.querySelectorAll(".count")];
const rows = counts.filter((field) => field.name.startsWith("n-"));
let sent = false;

function say(id, number) {
  const place = document.getElementById(id);
  if (!place) return; // sheets of a scanned pile are not counted here
  place.hidden = false;
  place.textContent = place.dataset.words.replace("#", number.toLocaleString("vi-VN"));
}

function add() {
  say("stub-sum", stubs.value.split(/[\n,;]/).filter((line) => line.trim()).length);
  say("sheet-sum", rows.reduce((sum, field) => sum + (parseInt(field.value, 10) || 0), 0));
}

form.addEventListener("input", add);
window.addEventListener("pageshow", () => { sent = false; add(); });

form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit(document.getElementById("done"));
    return;
  }
  const place = counts.indexOf(event.target);
  if (place < 0) return; // in the stubs it begins a line, on a button it presses
  event.preventDefault();
  (counts[place + 1] ?? document.getElementById("done")).focus();
});
for (const field of counts) field.addEventListener("focus", () => field.select());

form.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
