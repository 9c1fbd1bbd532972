// One text, many hands: paragraphs bound to Yjs, sent to the server, kept here until it
// has them. Every page works without this; it takes over once the line to the server is open.
import * as Y from "../vendor/yjs.js";

const room = document.querySelector("[data-writing]");
const told = room.dataset;
const HELLO = 1, UPDATE = 2, HERE = 3;
const STATE = 1, CHANGE = 2, TAKEN = 3, REFUSED = 4, PERSON = 5, ASIDE = 6;
const GATHER = 250; // ms in which letters become one change
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const writes = told.writes === "1";

const doc = new Y.Doc();
const places = doc.getMap("places");
const list = room.querySelector("[data-strands]");
const removedList = room.querySelector("[data-removed-list]");
const part = (name, under = room) => under.querySelector(`[data-${name}]`);

// --- what the server does not have yet, kept on this device ---------------------------

// One key for each change, so that two tabs never write over each other.
const KEPT = `habaring.writing.${told.account}.${told.name}.`;
const waiting = new Map(); // key → Uint8Array, in the order of writing
let serial = 0;

const toText = (bytes) => btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
const toBytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));

const keep = (update) => {
  const key = `${KEPT}${Date.now().toString(36).padStart(9, "0")}.${doc.clientID}.${serial += 1}`;
  waiting.set(key, update);
  try {
    localStorage.setItem(key, toText(update));
  } catch { /* full or forbidden: this page still has it */ }
  return key;
};
const forget = (key) => {
  waiting.delete(key);
  try { localStorage.removeItem(key); } catch { /* the same */ }
};
const recall = () => {
  try {
    Object.keys(localStorage).filter((key) => key.startsWith(KEPT)).sort()
      .forEach((key) => waiting.set(key, toBytes(localStorage.getItem(key))));
  } catch { /* nothing kept */ }
};

// --- the line ------------------------------------------------------------------------

let line = null, away = false, joined = false, gathered = [], timer = 0;
const sent = new Map(); // number on this line → keys

const bytes = (kind, ...parts) => {
  const whole = new Uint8Array(1 + parts.reduce((sum, one) => sum + one.length, 0));
  whole[0] = kind;
  let at = 1;
  for (const one of parts) { whole.set(one, at); at += one.length; }
  return whole;
};
const u32 = (number) => { const out = new Uint8Array(4); new DataView(out.buffer).setUint32(0, number); return out; };
const number = (data, at) => new DataView(data.buffer, data.byteOffset).getUint32(at);
const json = (data, at) => JSON.parse(new TextDecoder().decode(data.subarray(at)));

const state = (word) => {
  const shown = part("status");
  if (!shown || shown.dataset.word === word) return;
  if ([word, shown.dataset.word].includes("away")) say(told[word]); // a screen reader needs no more
  shown.dataset.word = word;
  shown.textContent = told[word];
};
const showState = () => {
  if (!joined) state(away ? "away" : "joining");
  else state(waiting.size || gathered.length ? "saving" : "saved");
};
const say = (words) => { part("said").textContent = words; };

const flush = () => {
  clearTimeout(timer);
  timer = 0;
  if (gathered.length) {
    const update = gathered.length > 1 ? Y.mergeUpdates(gathered) : gathered[0];
    gathered = [];
    const key = keep(update);
    if (joined) send([key], update);
  }
  showState();
};
const send = (keys, update) => {
  const mark = (serial += 1);
  sent.set(mark, keys);
  line.send(bytes(UPDATE, u32(mark), update));
};
const resend = () => {
  sent.clear();
  for (const [key, update] of waiting) send([key], update);
};

const join = () => {
  line = window.habaringSocket(told.line, { // live.js
    open: (say) => say(bytes(HELLO, Y.encodeStateVector(doc))),
    message: hear,
    state: (word) => {
      if (word === "open") return;
      away = true;
      joined = false;
      people.clear();
      showPeople();
      showState();
    },
  });
};

const hear = (data) => {
  switch (data[0]) {
    case STATE:
      Y.applyUpdate(doc, data.subarray(5), "server");
      latest = number(data, 1);
      later.clear();
      joined = true;
      begin();
      resend();
      here(true);
      break;
    case CHANGE:
      Y.applyUpdate(doc, data.subarray(5), "server");
      newest(number(data, 1));
      break;
    case TAKEN:
      (sent.get(number(data, 1)) || []).forEach(forget);
      sent.delete(number(data, 1));
      newest(number(data, 5));
      break;
    case REFUSED: refused(number(data, 1), json(data, 5)); break;
    case PERSON: met(json(data, 1)); break;
    case ASIDE: lookAside(); break;
  }
  showState();
};

let latest = 0; // all changes up to this number are in the text here
const later = new Set();
const newest = (count) => {
  later.add(count);
  while (later.delete(latest + 1)) latest += 1;
};

let given = 0; // refusals that sending everything again did not mend
const refused = (mark, words) => {
  const keys = sent.get(mark) || [];
  sent.delete(mark);
  if (words.reason === "incomplete" && given < 2) {
    given += 1;
    const whole = Y.encodeStateAsUpdate(doc);
    keys.forEach(forget);
    send([keep(whole)], whole);
    return;
  }
  keys.forEach(forget);
  const shown = document.createElement("div");
  shown.className = "notice bad";
  shown.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = [words.what, words.why, words.next].filter(Boolean).join(" ") || told.refused;
  shown.append(text);
  part("state").after(shown);
};

// --- the text as the page shows it -----------------------------------------------------

const bound = new Map(); // id → {text, field, row}
const text = (id) => doc.getText(`p/${id}`);
const undo = writes
  ? new Y.UndoManager([places], { trackedOrigins: new Set(["own"]), captureTimeout: 800 })
  : null;
const own = (deed) => doc.transact(deed, "own");

const order = () => [...places.entries()].filter(([, place]) => place)
  .sort(([a, x], [b, y]) => (x < y ? -1 : x > y ? 1 : a < b ? -1 : 1)).map(([id]) => id);

const between = (low, high) => {
  if (high && low >= high) return `${low}V`;
  let made = "";
  for (;;) {
    const at = made.length;
    const down = at < low.length ? DIGITS.indexOf(low[at]) : 0;
    const up = high ? DIGITS.indexOf(high[at]) : DIGITS.length;
    if (up - down > 1) return made + DIGITS[(down + up) >> 1];
    made += DIGITS[down];
    if (high && down < up) high = "";
  }
};
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(5)),
  (one) => one.toString(16).padStart(2, "0")).join("");

const grow = (field) => {
  if (field.tagName !== "TEXTAREA") return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 4}px`;
};
const shownText = (field) => (field.tagName === "TEXTAREA" ? field.value : field.textContent);

// What was typed, as one piece that was put in the place of another.
const splice = (before, now) => {
  let start = 0, end = 0;
  const most = Math.min(before.length, now.length);
  while (start < most && before[start] === now[start]) start += 1;
  while (end < most - start && before[before.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return { start, cut: before.length - end - start, words: now.slice(start, now.length - end) };
};
const typed = (bond) => {
  const { start, cut, words } = splice(bond.text.toString(), bond.field.value);
  if (!cut && !words) return;
  own(() => {
    if (cut) bond.text.delete(start, cut);
    if (words) bond.text.insert(start, words);
  });
};
// Typed before the line was open, while others may have gone on: nothing of theirs is cut.
const typedEarly = (bond, before, now) => {
  if (bond.text.toString() === before) {
    bond.field.value = now;
    typed(bond);
  } else {
    const { start, words } = splice(before, now);
    own(() => { if (words) bond.text.insert(Math.min(start, bond.text.length), words); });
    show(bond);
  }
  grow(bond.field);
};

// What somebody else wrote, without moving one's own place in the paragraph.
const shift = (at, delta) => {
  let index = 0, moved = at;
  for (const step of delta) {
    if (step.retain) index += step.retain;
    else if (step.insert) {
      if (index < moved) moved += step.insert.length;
      index += step.insert.length;
    } else if (step.delete) moved -= Math.max(0, Math.min(step.delete, moved - index));
  }
  return moved;
};
const show = (bond, delta) => {
  const { field } = bond, now = bond.text.toString();
  if (bond.composing || shownText(field) === now) return;
  if (field.tagName !== "TEXTAREA") { field.textContent = now; return; }
  const focused = document.activeElement === field;
  const at = [field.selectionStart, field.selectionEnd].map((one) => (delta ? shift(one, delta) : one));
  field.value = now;
  if (focused) field.setSelectionRange(Math.min(at[0], now.length), Math.min(at[1], now.length), field.selectionDirection);
  grow(field);
};

const bind = (id, row) => {
  const field = part("text", row);
  const bond = { text: text(id), field, row, composing: false };
  bound.set(id, bond);
  if (undo) undo.addToScope(bond.text);
  bond.text.observe((event, change) => {
    if (change.origin !== "own") show(bond, event.delta);
  });
  show(bond);
  if (!writes) return;
  field.addEventListener("input", () => { grow(field); if (!bond.composing) typed(bond); });
  field.addEventListener("compositionstart", () => { bond.composing = true; });
  field.addEventListener("compositionend", () => { bond.composing = false; typed(bond); show(bond); });
  field.addEventListener("focus", () => here());
  field.addEventListener("blur", () => here());
  field.addEventListener("keydown", (event) => pressed(event, id));
  part("plain", row)?.remove();
  part("write", row).addEventListener("submit", (event) => event.preventDefault());
  grow(field);
};

const made = (id, blank) => {
  const row = part(blank).content.firstElementChild.cloneNode(true);
  row.dataset.strand = id;
  row.querySelectorAll("input[name=paragraph]").forEach((field) => { field.value = id; });
  row.querySelectorAll("[data-arrange]").forEach((form) => { form.dataset.arrange = id; });
  if (blank === "blank") {
    row.id = `p-${id}`;
    part("text", row).id = `t-${id}`;
    row.querySelector("label").htmlFor = `t-${id}`;
    part("aside", row).dataset.aside = id;
  }
  return row;
};

// Rows in the order of the places: moved, made and taken out where they differ.
const lay = () => {
  const active = document.activeElement;
  const wanted = order();
  let fresh = false;
  for (const [id, bond] of bound) {
    if (!places.get(id) && bond.row.isConnected) bond.row.remove();
  }
  wanted.forEach((id, index) => {
    let bond = bound.get(id);
    if (!bond) {
      const row = list.querySelector(`[data-strand="${id}"]`) || made(id, "blank");
      fresh = fresh || !row.isConnected;
      bind(id, row);
      bond = bound.get(id);
    }
    if (list.children[index] !== bond.row) list.insertBefore(bond.row, list.children[index] || null);
    const label = bond.row.querySelector("label");
    if (label) label.textContent = told.label.replace("#", index + 1);
  });
  while (list.children.length > wanted.length) list.lastElementChild.remove();
  bound.forEach(({ field }) => grow(field));
  if (active && active !== document.activeElement && active.isConnected) active.focus();
  if (writes) layRemoved();
  if (fresh) lookAside();
};
const layRemoved = () => {
  const gone = [...places.entries()].filter(([id, place]) => !place && text(id).length);
  removedList.replaceChildren(...gone.map(([id]) => {
    const row = made(id, "blank-removed");
    part("text", row).textContent = text(id).toString();
    return row;
  }));
  part("removed").hidden = !gone.length;
};

// --- keys and buttons ------------------------------------------------------------------

const focusOn = (id, at) => {
  const field = bound.get(id)?.field;
  if (!field) return;
  field.focus();
  field.setSelectionRange(at ?? field.value.length, at ?? field.value.length);
};
const neighbours = (id) => { const all = order(); return [all, all.indexOf(id)]; };
const place = (id) => (id ? places.get(id) || "" : "");

const add = (id, words = "") => {
  const [all, at] = neighbours(id);
  const before = id ? all[at] : all[all.length - 1];
  const name = newId();
  own(() => {
    places.set(name, between(place(before), id ? place(all[at + 1]) : ""));
    if (words) text(name).insert(0, words);
  });
  focusOn(name, 0);
  say(told.added);
};
const move = (id, step) => {
  const [all, at] = neighbours(id);
  const to = at + step;
  if (to < 0 || to >= all.length) return;
  const [low, high] = step < 0 ? [all[to - 1], all[to]] : [all[to], all[to + 1]];
  own(() => places.set(id, between(place(low), place(high))));
  focusOn(id);
  say(told.moved);
};
const takeOut = (id) => {
  const [all, at] = neighbours(id);
  own(() => places.set(id, ""));
  focusOn(all[at - 1] || all[at + 1]);
  say(told.out);
};
const bringBack = (id) => {
  const all = order();
  own(() => places.set(id, between(place(all[all.length - 1]), "")));
  focusOn(id);
};
const split = (id) => {
  const bond = bound.get(id), at = bond.field.selectionStart;
  const rest = bond.text.toString().slice(at);
  own(() => { if (rest) bond.text.delete(at, rest.length); });
  show(bond);
  add(id, rest.replace(/^\s+/, ""));
};

const pressed = (event, id) => {
  const command = event.ctrlKey || event.metaKey;
  const does = (deed) => { event.preventDefault(); deed(); };
  if (command && event.key === "Enter") does(() => split(id));
  else if (command && event.key.toLowerCase() === "z") does(() => (event.shiftKey ? undo.redo() : undo.undo()));
  else if (command && event.key.toLowerCase() === "y") does(() => undo.redo());
  else if (event.altKey && event.key === "ArrowUp") does(() => move(id, -1));
  else if (event.altKey && event.key === "ArrowDown") does(() => move(id, 1));
  else if (event.key === "Backspace" && !event.target.value && order().length > 1) does(() => takeOut(id));
};

room.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-arrange]") && begun) {
    event.preventDefault();
    const id = form.dataset.arrange;
    const how = event.submitter?.value;
    if (how === "add") add(id);
    else if (how === "up") move(id, -1);
    else if (how === "down") move(id, 1);
    else if (how === "out") takeOut(id);
    else if (how === "back") bringBack(id);
  } else if (form.matches("[data-deed]") && begun) {
    event.preventDefault();
    deed(form, event.submitter);
  }
});

// --- what stands beside a paragraph -----------------------------------------------------

const deed = async (form, submitter) => {
  flush();
  const answer = await fetch(form.action, {
    method: "POST", body: new FormData(form, submitter), redirect: "manual",
  }).catch(() => null);
  if (answer && answer.type === "opaqueredirect") {
    form.reset();
    document.activeElement?.blur();
    lookAside();
  } else form.submit(); // the server's own page says what is wrong
};
let looking = 0;
const lookAside = () => {
  clearTimeout(looking);
  looking = setTimeout(async () => {
    const answer = await fetch(told.asides).catch(() => null);
    if (!answer || !answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const fresh of page.querySelectorAll("[data-aside]")) {
      const there = list.querySelector(`[data-aside="${fresh.dataset.aside}"]`);
      if (!there || busy(there)) continue;
      const open = [...there.querySelectorAll("details")].map((one) => one.open);
      there.replaceChildren(...fresh.childNodes);
      if (open.length === there.querySelectorAll("details").length) {
        there.querySelectorAll("details").forEach((one, index) => { one.open = open[index]; });
      }
    }
  }, 150);
};
const busy = (aside) => aside.contains(document.activeElement) ||
  [...aside.querySelectorAll("textarea, input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);

// A suggestion begins with the words as they stand, and says on which reading it builds.
room.addEventListener("toggle", (event) => {
  const form = event.target.open && event.target.querySelector("form input[value=suggest]")?.form;
  const bond = form && bound.get(form.elements.paragraph.value);
  if (!bond || !joined || waiting.size || gathered.length) return;
  const field = form.elements.text;
  if (field.value !== field.defaultValue) return;
  field.defaultValue = bond.text.toString();
  form.elements.base.defaultValue = latest;
}, true);

// --- who is here ------------------------------------------------------------------------

const people = new Map(); // line → {name, c, p}
let where = null, whereTimer = 0;
const here = (again = false) => {
  clearTimeout(whereTimer);
  whereTimer = setTimeout(() => {
    const row = document.activeElement?.closest?.("[data-strand]");
    const now = row && list.contains(row) ? row.dataset.strand : "";
    if (!joined || (now === where && !again)) return;
    where = now;
    line.send(bytes(HERE, new TextEncoder().encode(JSON.stringify({ p: now }))));
  }, again ? 0 : 400);
};
const met = (person) => {
  if (person.name) people.set(person.l, person);
  else people.delete(person.l);
  showPeople();
};
const chip = (person) => {
  const made = document.createElement("li");
  made.className = `pen pen-${person.c}`;
  made.textContent = person.name;
  return made;
};
const showPeople = () => {
  part("people")?.replaceChildren(...[...people.values()].map(chip));
  for (const [id, { row }] of bound) {
    part("here", row).replaceChildren(...[...people.values()].filter((one) => one.p === id).map(chip));
  }
};

// --- begin -------------------------------------------------------------------------------

let begun = false;
const begin = () => {
  if (begun) return;
  begun = true;
  room.classList.add("live");
  // words that were typed before the line was open are one's own words, too
  const early = writes
    ? [...list.querySelectorAll("textarea[data-text]")].filter((field) => field.value !== field.defaultValue)
      .map((field) => [field.closest("[data-strand]").dataset.strand, field.defaultValue, field.value])
    : [];
  for (const update of waiting.values()) Y.applyUpdate(doc, update, "kept");
  lay();
  for (const [id, before, now] of early) {
    if (bound.has(id)) typedEarly(bound.get(id), before, now);
  }
  places.observe(lay);
  part("state").hidden = false;
};

doc.on("update", (update, origin) => {
  if (origin === "server" || origin === "kept") return;
  gathered.push(update);
  if (!timer) timer = setTimeout(flush, GATHER);
  showState();
});
addEventListener("pagehide", flush);
document.addEventListener("visibilitychange", () => { if (document.hidden) flush(); });
recall();
join();
