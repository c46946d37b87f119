// The three faces follow what is typed, 300 ms after typing stops. Without script the button "Vẽ lại" does the same.
(() => {
  "use strict";
  const form = document.querySelector("form[data-live]");
  let timer, asked = 0;

  async function draw() {
    const mine = ++asked;
    const answer = await fetch(location.pathname, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const drawn = page.getElementById("drawn");
    if (mine !== asked || !drawn) return;  // a later one is under way, or the session ended
    for (const frame of document.querySelectorAll("iframe[data-face]")) {
      const fresh = drawn.querySelector(`iframe[data-face="${frame.dataset.face}"]`).getAttribute("srcdoc");
      if (frame.getAttribute("srcdoc") !== fresh) frame.setAttribute("srcdoc", fresh);
    }
    document.getElementById("differs").parentElement.replaceWith(page.getElementById("differs").parentElement);
  }

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => draw().catch(() => {}), 300);
  });
})();
