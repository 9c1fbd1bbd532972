// The collector's page: finds bills, writes receipts, sends them when there is a network.
const main = document.querySelector("main");
const at = (name) => document.querySelector(`[data-at="${name}"]`);
const words = (name, given = {}) => {
  const text = document.querySelector(`[data-words="${name}"]`).textContent;
  return text.replace(/\{(\w+)\}/g, (_all, key) => given[key]);
};
const lang = document.documentElement.lang;
const rupiah = (amount) => `Rp\u00a0${new Intl.NumberFormat("id", { maximumFractionDigits: 0 }).format(amount)}`;
const moment = (time) => new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", timeZone: main.dataset.zone }).format(time);
const day = (text) => new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(text));
const today = () => new Date().toLocaleDateString("sv-SE", { timeZone: main.dataset.zone });
const timeOf = (slip) => new Date(slip.time.replace(/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/, "$1-$2-$3T$4:$5:$6Z"));
const nopShown = (nop) => nop.replace(/(..)(..)(...)(...)(...)(....)(.)/, "$1.$2.$3.$4.$5-$6.$7");
const MOST = 40;
let state = null, slips = [], written = new Set(), chosen = null, busy = false, seen = false;

const asked = (bill) => bill.sums.reduce((found, [from, amount]) => (from <= today() ? amount : found), bill.sums[0][1]);
const queued = () => slips.filter((slip) => slip.state === "queued");
const held = () => state.held + slips.filter((slip) => slip.number > state.last.number).reduce((sum, slip) => sum + slip.amount, 0);

function show(name) {
  document.querySelectorAll("[data-view]").forEach((part) => { part.hidden = part.dataset.view !== name; });
  const head = document.querySelector(`[data-view="${name}"] [tabindex="-1"]`);
  if (head && seen) head.focus(); // not when the page opens
  seen = true;
  scrollTo(0, 0);
}
function say(tone, text, link = "") {
  const box = at("notice");
  box.hidden = !text;
  box.className = `notice ${tone}`;
  at("notice-text").textContent = text;
  at("sign-in").hidden = !link;
}
const part = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

// What is seen

async function load() {
  state = await Store.get("state");
  slips = await Store.all();
  written = new Set(await Store.taken());
}

function draw() {
  at("line").textContent = words(navigator.onLine ? "online" : "offline");
  at("line").className = `badge ${navigator.onLine ? "good" : "warn"}`;
  if (!state) return;
  const waiting = queued();
  const sum = waiting.reduce((total, slip) => total + slip.amount, 0);
  at("waiting").textContent = waiting.length
    ? words(waiting.length === 1 ? "one-waits" : "some-wait", { n: waiting.length, sum: rupiah(sum) })
    : words("none-waits");
  at("waiting").classList.toggle("late", waiting.length > 0);
  at("held").textContent = words("held", { sum: rupiah(held()), limit: rupiah(state.device.limit) });
  at("due").textContent = state.due ? words("due", { day: day(state.due) }) : "";
  at("whose").textContent = `${state.device.collector} · ${state.device.name} · ${state.device.villages.join(", ")}`;
  at("list-of").textContent = words("list-of", { n: state.bills.length, when: moment(new Date(state.at)) });
  at("deposit").textContent = state.deposit ? words("deposit", { sum: rupiah(state.deposit.amount), day: day(state.deposit.day) }) : "";
  at("send").disabled = busy || !navigator.onLine;
  at("save").hidden = waiting.length === 0;
  at("old").hidden = today() <= state.until;
  at("withdrawn").hidden = !state.device.revoked;
  drawBills();
  drawSlips();
}

function drawBills() {
  const text = at("q").value.trim().toLowerCase();
  const digits = text.replace(/[\s.\-]/g, "");
  const fits = (bill) => !text || bill.name.toLowerCase().includes(text) || (/^\d+$/.test(digits) && bill.nop.includes(digits));
  const open = state.bills.filter((bill) => !written.has(Store.billOf(bill)));
  const found = open.filter(fits);
  at("bills").replaceChildren(...found.slice(0, MOST).map((bill) => {
    const row = part("li"), button = part("button", "bill-choice");
    button.type = "button";
    const who = part("span", "bill-who", bill.name);
    who.append(part("small", "", `${bill.year} · ${nopShown(bill.nop)}`));
    button.append(who, part("b", "bill-sum", rupiah(asked(bill))));
    button.addEventListener("click", () => choose(bill));
    row.append(button);
    return row;
  }));
  at("found").textContent = found.length > MOST ? words("more", { n: MOST, all: found.length }) : words("found", { n: found.length });
}

function drawSlips() {
  at("slips").replaceChildren(...[...slips].reverse().slice(0, 100).map((slip) => {
    const row = part("li"), button = part("button", "bill-choice");
    button.type = "button";
    const who = part("span", "bill-who", slip.name);
    who.append(part("small", "", `${slip.short} · ${moment(timeOf(slip))}`));
    const tone = { queued: "warn", posted: "good", settled: "good", conflict: "bad", refused: "bad" }[slip.state];
    who.append(part("span", `badge ${tone}`, words(`state-${slip.state}`)));
    button.append(who, part("b", "bill-sum", rupiah(slip.amount)));
    button.addEventListener("click", () => receipt(slip));
    row.append(button);
    (slip.state === "conflict" || slip.state === "refused" ? slip.told : []).forEach((why) => row.append(part("p", "bill-note", why)));
    return row;
  }));
  at("no-slips").hidden = slips.length > 0;
}

// Taking money

function choose(bill) {
  if (state.device.revoked) return say("bad", words("withdrawn"));
  chosen = { bill, amount: asked(bill) };
  at("pay-name").textContent = bill.name;
  at("pay-nop").textContent = nopShown(bill.nop);
  at("pay-year").textContent = bill.year;
  at("pay-due").textContent = day(bill.due);
  at("pay-sum").textContent = rupiah(chosen.amount);
  at("take").textContent = words("take", { sum: rupiah(chosen.amount) });
  at("pay-example").hidden = !bill.example;
  const over = held() + chosen.amount > state.device.limit;
  at("over").hidden = !over;
  at("take").disabled = over;
  return show("pay");
}

async function take() {
  at("take").disabled = true;
  try {
    const slip = await Store.write(state, chosen.bill, chosen.amount);
    await load();
    draw();
    if (!slip) { show("round"); say("warn", words("already")); return; }
    say("", "");
    await receipt(slip);
    sendSoon();
  } catch (error) {
    show("round");
    say("bad", words("not-written"));
  }
}

async function receipt(slip) {
  at("r-number").textContent = slip.short;
  at("r-name").textContent = slip.name;
  at("r-nop").textContent = nopShown(slip.nop);
  at("r-year").textContent = slip.year;
  at("r-sum").textContent = rupiah(slip.amount);
  at("r-time").textContent = moment(timeOf(slip));
  at("r-who").textContent = state.device.collector;
  at("r-text").textContent = slip.line;
  at("r-example").hidden = !slip.example;
  show("receipt");
  try {
    const { generate } = await import(main.dataset.qr);
    generate(slip.line, { minCorrectionLevel: 1 }).toCanvas(at("r-code"), { on: [0, 0, 0, 255], off: [255, 255, 255, 255], pad: 3 });
    at("r-code").hidden = false;
  } catch (error) {
    at("r-code").hidden = true; // the number and the text still verify
  }
}

// Sending

class SignedOut extends Error {}
async function ask(address, options = {}) {
  const answer = await fetch(address, { redirect: "manual", ...options });
  if (answer.type === "opaqueredirect" || answer.status === 401) throw new SignedOut();
  if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error(words("no-answer"));
  const told = await answer.json();
  if (!answer.ok) throw new Error([told.what, told.why, told.next].filter(Boolean).join(" "));
  return told;
}
async function tell(address, sent) {
  const { token } = await ask(main.dataset.state);
  return ask(address, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": token }, body: JSON.stringify(sent) });
}
const fresh = async () => {
  const told = await ask(`${main.dataset.state}?alat=${state.device.id}`);
  await Store.put("state", told);
  await Store.mark(told.slips);
  await Store.release();
};

async function send() {
  if (busy || !state || !navigator.onLine) return;
  busy = true;
  draw();
  try {
    const waiting = queued();
    for (let start = 0; start < waiting.length; start += 100) {
      const lines = waiting.slice(start, start + 100).map((slip) => slip.line);
      const told = await tell(main.dataset.send, { slips: lines });
      await Store.mark(told.slips);
    }
    await fresh();
    say(waiting.length ? "good" : "", waiting.length ? words("sent", { n: waiting.length }) : "");
  } catch (error) {
    if (error instanceof SignedOut) say("warn", words("signed-out"), "sign in");
    else say("warn", error instanceof TypeError ? words("no-answer") : error.message);
  }
  busy = false;
  await load();
  draw();
}
const sendSoon = () => { if (navigator.onLine) send(); };

function save() {
  const waiting = queued();
  const file = new Blob([waiting.map((slip) => `${slip.line}\n`).join("")], { type: "text/plain" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `resi-P${state.device.id}-${waiting[0].number}-${waiting[waiting.length - 1].number}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

// The first time

async function enrol(event) {
  event.preventDefault();
  const code = at("code").value.toUpperCase().replace(/[\s.\-\u2013]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
  try {
    const key = await Store.newKey();
    const signature = await Store.signed(key.secret, `HBR2-KEY/${main.dataset.region}/${code}`);
    const told = await tell(main.dataset.enrol, { code, key: key.shown, signature });
    await Store.put("state", told);
    say("good", words("enrolled"));
    await start();
  } catch (error) {
    if (error instanceof SignedOut) say("warn", words("signed-out"), "sign in");
    else say("bad", error instanceof TypeError ? words("no-answer") : error.message);
  }
}

async function ready() {
  const sure = navigator.storage && navigator.storage.persist && (await navigator.storage.persist());
  at("kept").textContent = words(sure ? "kept" : "not-kept");
  await navigator.serviceWorker.ready;
  at("ready").textContent = words("ready");
}

async function start() {
  await load();
  show(state ? "round" : "enrol");
  draw();
  if (!state) return;
  ready();
  await send();
}

async function begin() {
  if (!(window.isSecureContext && window.indexedDB && crypto.subtle && navigator.serviceWorker)) return show("too-old");
  await Store.open(main.dataset.region);
  navigator.serviceWorker.register(main.dataset.worker, { scope: main.dataset.scope }).catch(() => {});
  at("enrol").addEventListener("submit", enrol);
  at("q").addEventListener("input", drawBills);
  at("send").addEventListener("click", send);
  at("save").addEventListener("click", save);
  at("take").addEventListener("click", take);
  document.querySelectorAll("[data-back]").forEach((one) => one.addEventListener("click", () => { show("round"); draw(); }));
  addEventListener("online", () => { draw(); sendSoon(); });
  addEventListener("offline", draw);
  setInterval(() => { if (queued().length) sendSoon(); }, 60000);
  return start();
}
begin();
