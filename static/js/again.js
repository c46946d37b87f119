// Waits until the server has gone and come back, however long that takes, and opens the front page then.
"use strict";
(() => {
  const { healthz, home } = document.getElementById("again").dataset;
  const UNSEEN = 20000; // ms after which a server that was never seen to go has gone between two questions
  const began = Date.now();
  let gone = false;
  const ask = async () => {
    try {
      const answer = await fetch(healthz, { cache: "no-store" });
      if (answer.ok && (gone || Date.now() - began > UNSEEN)) {
        location.replace(home);
        return;
      }
    } catch {
      gone = true;
    }
    setTimeout(ask, 500);
  };
  ask();
})();
