/* What every page of staff shares: where a menu scrolls sideways the current page is in sight; Esc, or a press beside it,
   closes the person's menu; a double click sends a form once. */
"use strict";

function showCurrent() {
  for (const here of document.querySelectorAll("nav [aria-current]")) {
    for (let box = here.parentElement; box?.closest("nav"); box = box.parentElement) {
      if (box.scrollWidth <= box.clientWidth) continue;
      const [its, own] = [here.getBoundingClientRect(), box.getBoundingClientRect()];
      box.scrollLeft += its.left - own.left - (own.width - its.width) / 2;
    }
  }
}
showCurrent();
addEventListener("resize", showCurrent); // a phone that is turned

const menu = document.querySelector("details.person");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !menu?.open) return;
  event.preventDefault();
  menu.open = false;
  menu.querySelector("summary").focus();
}, true);
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});

const AGAIN_MS = 3000; // some answers are files, after which the page stands and may be asked again
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (performance.now() - Number(form.dataset.sentAt ?? -AGAIN_MS) < AGAIN_MS) event.preventDefault();
  else form.dataset.sentAt = performance.now();
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sentAt;
});
