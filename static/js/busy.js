/* A long act says after a second that it is at work, what it does, and since when. Without script the page simply takes its time. */
"use strict";

for (const form of document.querySelectorAll("form[data-working]")) {
  const said = document.createElement("p");
  said.className = "notice";
  said.setAttribute("role", "status");
  form.append(said);
  said.hidden = true;
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault(); // one press is one act
    form.dataset.sent = "yes";
    const words = document.createElement("span");
    const clock = document.createElement("span");
    clock.setAttribute("aria-hidden", "true");
    const since = performance.now();
    setTimeout(() => {
      words.textContent = `${form.dataset.working} `;
      said.append(words, clock);
      said.hidden = false;
      setInterval(() => {
        clock.textContent = `${Math.round((performance.now() - since) / 1000)} s`;
      }, 1000);
    }, 1000);
  });
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload(); // a page taken from memory would still say that it is at work
});
