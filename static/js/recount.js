/* Counts a published month again in the reader's own browser: it fetches the files beside the page, and sends nothing.
   What it does is verify.py in small; the hash is written out, because browsers give theirs to https pages only. */
"use strict";

(function () {
  const SEAL = "kbnn-seal-v1";
  const text = new TextEncoder();

  /* ── SHA-256 (FIPS 180-4) ───────────────────────────────────────────────────────────── */
  const PRIMES = [];
  for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((p) => n % p)) PRIMES.push(n);
  const bits = (root) => ((root - Math.floor(root)) * 0x100000000) | 0;
  const START = PRIMES.slice(0, 8).map((p) => bits(Math.sqrt(p)));
  const ROUND = PRIMES.map((p) => bits(Math.cbrt(p)));
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  function sha256(data) {
    const padded = new Uint8Array(((data.length + 72) >> 6) << 6);
    padded.set(data);
    padded[data.length] = 0x80;
    const words = new DataView(padded.buffer);
    words.setUint32(padded.length - 8, Math.floor(data.length / 0x20000000));
    words.setUint32(padded.length - 4, data.length << 3);
    const state = START.slice();
    const w = new Int32Array(64);
    for (let at = 0; at < padded.length; at += 64) block(words, at, state, w);
    const out = new DataView(new ArrayBuffer(32));
    state.forEach((word, place) => out.setUint32(4 * place, word));
    return new Uint8Array(out.buffer);
  }

  function block(words, at, state, w) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) w[i] = words.getInt32(at + 4 * i);
      else {
        const a = w[i - 15];
        const b = w[i - 2];
        const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
        const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
      }
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const one = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + w[i];
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((word, place) => { state[place] = (state[place] + word) | 0; });
  }

  const hex = (data) => Array.from(data, (byte) => (byte + 256).toString(16).slice(1)).join("");
  const unhex = (digits) => Uint8Array.from(digits.match(/../g) || [], (two) => parseInt(two, 16));

  function joined(...parts) {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /* ── Hash trees (RFC 9162 §2.1) ─────────────────────────────────────────────────────── */
  const leaf = (title, data) => sha256(joined([0], text.encode(title + "\n"), data));

  function root(leaves) {
    let level = leaves;
    while (level.length > 1) {
      const above = [];
      for (let i = 0; i + 1 < level.length; i += 2) above.push(sha256(joined([1], level[i], level[i + 1])));
      if (level.length % 2) above.push(level[level.length - 1]);
      level = above;
    }
    return hex(level.length ? level[0] : sha256(new Uint8Array(0)));
  }

  /* ── The files ──────────────────────────────────────────────────────────────────────── */
  function opened(note) {
    const end = note.indexOf("\n\n");
    if (end < 0) throw new Error("seal.txt");
    const signatures = note.slice(end + 2).trimEnd().split("\n").map((line) => {
      const found = /^— ([A-Za-z0-9._-]{1,64}) ([A-Za-z0-9+/]{91}=)$/.exec(line);
      if (!found) throw new Error("seal.txt");
      return { name: found[1], data: Uint8Array.from(atob(found[2]), (sign) => sign.charCodeAt(0)) };
    });
    const signed = note.slice(0, end + 1);
    const lines = signed.split("\n");
    if (lines[0] !== SEAL) throw new Error("seal.txt");
    const facts = {};
    for (const line of lines.slice(1, -1)) facts[line.slice(0, line.indexOf(": "))] = line.slice(line.indexOf(": ") + 2);
    return { signed, facts, signatures };
  }

  const rows = (file) => file.trimEnd().split("\n").slice(1).map((line) => line.split(","));

  function criteriaOf(facts) {
    return facts.criteria.split(";").map((one) => {
      const [code, levels] = one.split("=");
      return { code: code.replace("?", ""), good: levels.split(",").map(Number) };
    });
  }

  function count(facts, criteria, ballots, voids) {
    const isVoid = new Set(voids.map((row) => row[0]));
    const levels = new Map();
    let valid = 0;
    let satisfied = 0;
    for (const [id, ...cells] of ballots) {
      if (isVoid.has(id)) continue;
      valid += 1;
      const given = criteria.map((one, i) => [one, cells[i]]).filter(([, cell]) => cell !== "");
      for (const [one, cell] of given) levels.set(`${one.code}/${cell}`, (levels.get(`${one.code}/${cell}`) || 0) + 1);
      satisfied += given.length > 0 && given.every(([one, cell]) => one.good.includes(Number(cell))) ? 1 : 0;
    }
    const order = [].concat(...criteria.map(({ code }) => Array.from({ length: 100 }, (_each, level) => `${code}/${level}`)));
    const told = order.filter((key) => levels.has(key)).map((key) => `${key}=${levels.get(key)}`).join(" ");
    return { valid, satisfied, dissatisfied: valid - satisfied, levels: told, void: isVoid.size };
  }

  function leaves(facts, criteria, ballots, receipts, voids) {
    const codes = criteria.map(({ code }) => code);
    return {
      tree: ballots.map(([id, ...cells]) => {
        const answers = {};
        for (const code of codes.slice().sort()) {
          const cell = cells[codes.indexOf(code)];
          answers[code] = cell === "" ? null : Number(cell);
        }
        const told = { a: answers, id, m: facts.period, u: facts.office, x: cells[codes.length] };
        return leaf("kbnn-ballot-v1", text.encode(JSON.stringify(told)));
      }),
      receipts: receipts.map(([hash]) => leaf("kbnn-receipt-v1", unhex(hash))),
      voids: voids.map(([id, reason]) => leaf("kbnn-void-v1", text.encode(JSON.stringify({ id, reason })))),
    };
  }

  /* true, false, or null where this browser cannot tell */
  async function signatureHolds(note, keys) {
    const subtle = globalThis.crypto && globalThis.crypto.subtle;
    if (!subtle) return null;
    const publics = keys.trim().split("\n").map((line) => unhex(line.split(" ")[1]));
    for (const { name, data } of note.signatures) {
      const own = publics.find((key) => hex(sha256(joined(text.encode(name + "\n"), [1], key))).slice(0, 8) === hex(data.slice(0, 4)));
      if (!own) return false;
      try {
        const key = await subtle.importKey("raw", own, { name: "Ed25519" }, false, ["verify"]);
        if (!(await subtle.verify({ name: "Ed25519" }, key, data.slice(4), text.encode(note.signed)))) return false;
      } catch (_error) {
        return null; // no Ed25519 here
      }
    }
    return true;
  }

  /* Yields {check, holds, told} seven times; files: {seal, ballots, receipts, voids, keys, previous} as text, previous "" for none. */
  async function checks(files, say) {
    const note = opened(files.seal);
    const { facts } = note;
    const criteria = criteriaOf(facts);
    const [ballots, receipts, voids] = [rows(files.ballots), rows(files.receipts), rows(files.voids)];
    const n = Object.keys(facts).reduce((all, key) => Object.assign(all, { [key]: Number(facts[key]) }), {});
    const unique = new Set(ballots.map((row) => row[0])).size;
    await say("ballots", unique === ballots.length && ballots.length === n.returned && ballots.length === n.ballots, [ballots.length, "=", n.returned]);
    await say("issued", n.issued === n.returned + n.expired + n.cancelled, [n.issued, "=", n.returned, "+", n.expired, "+", n.cancelled]);
    const found = count(facts, criteria, ballots, voids);
    const same = ["valid", "satisfied", "dissatisfied", "void"].every((key) => found[key] === n[key]) && found.levels === facts.levels;
    await say("answers", same, [found.satisfied, "·", found.dissatisfied]);
    const trees = leaves(facts, criteria, ballots, receipts, voids);
    const kept = Object.keys(trees).every((key) => trees[key].length === n[`${key}_size`] && root(trees[key]) === facts[`${key}_root`]);
    const whole = ["ballots", "receipts", "voids"].every((key) => hex(sha256(text.encode(files[key]))) === facts[`sha256_${key}`]);
    await say("tree", kept && whole, []);
    await say("receipts", receipts.length === ballots.length - n.paper, [receipts.length, "=", ballots.length - n.paper]);
    await say("signature", await signatureHolds(note, files.keys), [note.signatures.map(({ name }) => name).join(", ")]);
    await say("chain", follows(facts.previous, files.previous), []);
    return found;
  }

  function follows(previous, before) {
    if (/^0+$/.test(previous)) return true;
    if (!before) return null;
    const signed = before.slice(0, before.indexOf("\n\n") + 1);
    if (signed.startsWith("kbnn-small-v1 ")) return signed.trim().split(" ").pop() === previous.slice(0, 16);
    return hex(sha256(text.encode(signed))) === previous;
  }

  if (typeof module !== "undefined") {
    module.exports = { sha256, hex, checks };
    return;
  }

  /* ── The page ───────────────────────────────────────────────────────────────────────── */
  const panel = document.querySelector("[data-recount]");
  if (!panel || !window.fetch) return;
  const words = panel.dataset;
  const start = panel.querySelector("[data-start]");
  const bar = panel.querySelector("progress");
  const verdict = panel.querySelector("[data-verdict]");
  const lines = Array.from(panel.querySelectorAll("[data-check]"));
  const grouped = (part) => (typeof part === "number" ? String(part).replace(/\B(?=(\d{3})+$)/g, document.documentElement.lang === "en" ? "," : ".") : part);
  const filled = (sentence, facts) => sentence.replace(/\{(\w+)\}/g, (_all, key) => grouped(facts[key]));
  const settle = () => new Promise((done) => { setTimeout(done, 60); });

  async function fetched(address) {
    const response = await fetch(address, { credentials: "omit", cache: "no-store" });
    if (!response.ok) throw new Error(address);
    return response.text();
  }

  async function filesOf() {
    const names = { seal: "seal.txt", ballots: "ballots.csv", receipts: "receipts.csv", voids: "voids.csv", keys: words.keys };
    if (words.previous) names.previous = words.previous;
    const found = { previous: "" };
    await Promise.all(Object.keys(names).map(async (key) => { found[key] = await fetched(names[key]); }));
    return found;
  }

  async function run() {
    start.disabled = true;
    bar.hidden = verdict.hidden = false;
    verdict.className = "verdict";
    bar.value = 0;
    const failed = [];
    const open = [];
    for (const line of lines) line.dataset.state = "";
    async function say(check, holds, told) {
      const line = lines.find((each) => each.dataset.check === check);
      line.dataset.state = holds === null ? "open" : holds ? "holds" : "fails";
      line.querySelector("[data-told]").textContent = holds === null ? words.open : [told.map(grouped).join(" ") || (holds ? words.same : ""), holds ? "" : words.differs].join(" ").trim();
      if (holds === false) {
        failed.push(line.querySelector("strong").textContent);
        line.parentNode.prepend(line);
      } else if (holds === null) open.push(check);
      bar.value += 1;
      verdict.textContent = filled(words.doing, { n: bar.value, all: lines.length });
      await settle();
    }
    try {
      const found = await checks(await filesOf(), say);
      const state = failed.length ? "failed" : open.includes("signature") ? "unsigned" : "passed";
      verdict.textContent = filled(words[state], Object.assign({ check: failed.join(", ") }, found));
      verdict.classList.add(state);
    } catch (_error) {
      verdict.textContent = words.unreachable;
      verdict.classList.add("failed");
    }
    start.disabled = false;
    start.textContent = words.again;
  }

  start.hidden = false;
  start.addEventListener("click", run);
})();
