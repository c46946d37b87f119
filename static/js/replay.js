// How far the first start has come, from /readyz; when it is complete the page is fetched anew, unless a code is being typed.
"use strict";
(() => {
  const box = document.getElementById("replay"), bar = document.getElementById("replay-bar");
  const words = document.getElementById("replay-percent"), code = document.getElementById("code");
  const ask = async () => {
    try {
      const answer = await fetch(box.dataset.readyz, { cache: "no-store" });
      const { replay } = await answer.json();
      if (!replay) {
        if (code && code.value) box.hidden = true;
        else location.reload();
        return;
      }
      bar.value = replay.percent;
      words.textContent = `${replay.percent}%`;
    } catch { /* the server is being started again */ }
    setTimeout(ask, 2000);
  };
  setTimeout(ask, 2000);
})();
