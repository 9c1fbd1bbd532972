// The desk's telephone: notes who came, without a network where there is none. It keeps
// numbers and times in IndexedDB, no names; a badge is checked against our public key
// here where the browser can (Ed25519), and always by the office when it is sent.
const main = document.querySelector("main");
const at = (name) => document.querySelector(`[data-at="${name}"]`);
const words = (name, given = {}) => {
  const text = document.querySelector(`[data-words="${name}"]`).innerHTML;
  return text.replace(/\{(\w+)\}/g, (_all, key) => given[key]);
};
const B32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BADGE = /HBA1\/(\d\d\.\d\d)\/(\d+)\/(\d+)\/([A-Z0-9_.-]+)\/([A-Z2-7]{103})/;
const TYPED = /^\s*(\d{1,5})-(\d\d)\s*$/;
const SITTING = main.dataset.sitting;
let database;
let list = null; // numbers, key, days: what was loaded last

const done = (request) => new Promise((good, bad) => {
  request.onsuccess = () => good(request.result);
  request.onerror = () => bad(request.error);
});

async function open() {
  const asked = indexedDB.open(`habaring-attendance-${SITTING}`, 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("kept");
    asked.result.createObjectStore("scans", { keyPath: "id" });
  };
  database = await done(asked);
}
const kept = (name) => done(database.transaction("kept").objectStore("kept").get(name));
const keep = (name, value) => done(database.transaction("kept", "readwrite").objectStore("kept").put(value, name));
const scans = () => done(database.transaction("scans").objectStore("scans").getAll());
const put = (scan) => done(database.transaction("scans", "readwrite").objectStore("scans").put(scan));
const drop = (id) => done(database.transaction("scans", "readwrite").objectStore("scans").delete(id));

function say(text, tone = "") {
  at("notice").hidden = false;
  at("notice").className = `notice ${tone}`.trim();
  at("notice-text").textContent = text;
}

function bytesOf(base32) {
  const bytes = [];
  let bits = 0, held = 0;
  for (const letter of base32) {
    held = (held << 5) | B32.indexOf(letter);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return new Uint8Array(bytes);
}

// true, false, or null where this browser cannot tell: the office tells then
async function genuine(found, text) {
  if (!list || found[4] !== list.key.id) return null;
  try {
    const raw = Uint8Array.from(atob(list.key.raw), (one) => one.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    const signed = new TextEncoder().encode(text.slice(0, text.lastIndexOf("/")));
    return await crypto.subtle.verify({ name: "Ed25519" }, key, bytesOf(found[5]), signed);
  } catch {
    return null;
  }
}

const today = () => new Date().toLocaleDateString("sv");

async function note(content) {
  const text = content.trim().toUpperCase();
  const badge = BADGE.exec(text);
  const typed = TYPED.exec(text);
  if (!badge && !typed) return say(words("wrong"), "bad");
  if (badge && badge[2] !== SITTING) return say(words("other"), "bad");
  if (badge && (await genuine(badge, badge[0])) === false) return say(words("false"), "bad");
  const number = Number(badge ? badge[3] : typed[1]);
  const person = list && list.people.find((one) => one.number === number);
  if (typed && person && person.typed !== `${typed[1]}-${typed[2]}`) return say(words("wrong"), "bad");
  const id = `${number}/${today()}`;
  const before = (await scans()).find((one) => one.id === id && one.state !== "refused");
  if (before) return say(words("again", { number }), "info");
  await put({ id, number, content: badge ? badge[0] : text, at: new Date().toISOString(), state: "queued", told: "" });
  say(words(person ? "welcome" : "unknown", { number }), person ? "good" : "warn");
  if (navigator.vibrate) navigator.vibrate(60);
  await show();
  return send();
}

async function show() {
  const every = (await scans()).sort((a, b) => b.at.localeCompare(a.at));
  const waiting = every.filter((one) => one.state === "queued").length;
  at("count").textContent = words("count", { came: every.length, waiting });
  at("none").hidden = every.length > 0;
  at("line").textContent = words(navigator.onLine ? "online" : "offline");
  at("scans").replaceChildren(...every.slice(0, 100).map((one) => {
    const row = document.createElement("li");
    const state = one.state === "again" ? "again-state" : one.state;
    row.textContent = `${one.number} · ${new Date(one.at).toLocaleTimeString()} · ${words(state)} ${one.state === "refused" ? one.told : ""}`;
    return row;
  }));
}

let sending = false;
async function send() {
  const waiting = (await scans()).filter((one) => one.state === "queued");
  if (sending || !navigator.onLine || !waiting.length || !list) return;
  sending = true;
  try {
    const body = JSON.stringify({ scans: waiting.map(({ content, at: moment }) => ({ content, at: moment })) });
    const headers = { "Content-Type": "application/json", "X-CSRFToken": list.token };
    const answer = await fetch(main.dataset.send, { method: "POST", body, headers, redirect: "error" });
    if (answer.status === 401 || answer.status === 403) {
      say(words("signed-out"), "warn");
      at("sign-in").hidden = false;
      await load();
      return;
    }
    if (!answer.ok) return;
    const { answers } = await answer.json();
    await Promise.all(answers.map((one, place) => put({ ...waiting[place], state: one.outcome, told: one.told })));
    await show();
  } catch {
    // no line after all: the queue stays as it is
  } finally {
    sending = false;
  }
}

async function load() {
  try {
    const answer = await fetch(main.dataset.state, { redirect: "error" });
    if (answer.ok) {
      list = await answer.json();
      await keep("list", list);
    }
  } catch {
    // the list that was loaded last is used
  }
}

// What the office has, and is of another day than the event's, is let go.
async function forget() {
  if (!list) return;
  const last = new Date(list.starts);
  last.setDate(last.getDate() + list.days + 1);
  if (Date.now() < last.getTime()) return;
  const gone = (await scans()).filter((one) => one.state === "accepted" || one.state === "again");
  await Promise.all(gone.map((one) => drop(one.id)));
}

async function camera() {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const view = at("camera");
  view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  view.hidden = false;
  await view.play();
  let last = "";
  const look = async () => {
    const found = await detector.detect(view).catch(() => []);
    const content = found.length ? found[0].rawValue : "";
    if (content && content !== last) await note(content);
    last = content;
    setTimeout(look, 250);
  };
  look();
}

async function begin() {
  await open();
  list = (await kept("list")) || null;
  if (navigator.serviceWorker) {
    navigator.serviceWorker.register(main.dataset.worker, { scope: main.dataset.scope }).catch(() => {});
  }
  await load();
  if (!list) say(words("not-loaded"), "warn");
  await forget();
  await show();
  await send();
  at("scan").hidden = !("BarcodeDetector" in window);
  at("scan").addEventListener("click", () => camera().catch(() => {}));
  at("send").addEventListener("click", async () => { await load(); await send(); });
  at("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const content = at("code").value;
    at("code").value = "";
    at("code").focus();
    await note(content);
  });
  window.addEventListener("online", async () => { await show(); await load(); await send(); });
  window.addEventListener("offline", show);
  setInterval(send, 30000);
}
begin();
