// A board of the workshop room: what others write appears, what I write is never lost.
// Without this the same page works by plain forms and "Refresh".
(() => {
  const canvas = document.querySelector("[data-canvas]");
  if (!canvas) return;
  const { mode } = canvas.dataset;
  const board = Number(canvas.dataset.board);
  const words = (name, given = {}) => {
    const text = document.querySelector(`[data-words="${name}"]`).textContent;
    return text.replace(/\{(\w+)\}/g, (_all, key) => given[key]);
  };
  const part = (place, name) => place.querySelector(`[data-part="${name}"]`);
  const pile = (id) => canvas.querySelector(`[data-group="${id}"]`);
  let leaving = false; // a form is on its way: its answer is the newer page
  addEventListener("submit", (event) => { leaving ||= !event.defaultPrevented; });
  const reload = (most) => setTimeout(() => { if (!leaving) location.reload(); }, Math.random() * most);

  // What the server tells

  const count = (place) => {
    const none = place && part(place, "none");
    if (none) none.hidden = Boolean(place.querySelector("[data-note]"));
  };
  const made = (name) => canvas.querySelector(`template[data-template="${name}"]`)?.content.firstElementChild.cloneNode(true);
  const noteNow = (news) => {
    settled(news.key);
    const there = canvas.querySelector(`[data-note="${news.id}"]`);
    const from = there?.closest("[data-group]");
    const filter = Number(canvas.dataset.table || 0);
    if (news.gone || (filter && filter !== news.m)) {
      there?.remove();
      return count(from);
    }
    const card = there || made("note");
    const into = pile(news.g) || pile(0);
    if (!card || !into) return undefined;
    card.dataset.note = news.id;
    card.dataset.key = news.key;
    card.className = `note${news.q ? ` note-${news.q}` : ""}${there ? "" : " fresh"}`;
    if (mode !== "phone") card.draggable = true;
    part(card, "text").textContent = news.t;
    part(card, "kind").textContent = news.q;
    part(card, "table").textContent = news.m ? words("table", { n: news.m }) : "";
    const pick = card.querySelector("input[name=note]");
    if (pick) pick.value = news.id;
    const hide = part(card, "hide");
    if (hide) hide.href = canvas.dataset.hide.replace("/0/", `/${news.id}/`);
    if (from !== into) into.querySelector("[data-notes]").append(card);
    count(from);
    count(into);
    return undefined;
  };
  const groupNow = (news) => {
    let place = pile(news.id);
    const option = document.querySelector(`#grouping option[value="${news.id}"]`);
    if (news.gone) {
      if (!place) return;
      pile(0)?.querySelector("[data-notes]").append(...place.querySelectorAll("[data-note]"));
      place.remove();
      option?.remove();
      count(pile(0));
      return;
    }
    const title = news.t || words("group", { n: news.n });
    if (!place) {
      place = made("pile");
      if (!place) return;
      place.dataset.group = news.id;
      canvas.querySelector("[data-piles]")?.append(place);
    }
    part(place, "title").textContent = title;
    const select = document.querySelector("#grouping select");
    if (option) option.textContent = title;
    else select?.append(new Option(title, news.id));
  };
  const boardNow = (news) => {
    if (news.phase !== canvas.dataset.phase) {
      reload(mode === "phone" ? 2500 : 200); // sixty telephones do not ask at once
      return;
    }
    part(canvas, "prompt").textContent = news.p;
    const voters = document.querySelector("[data-voters]");
    if (voters) voters.textContent = words("voters", { n: news.voters });
    const clock = document.querySelector("[data-clock]");
    if (clock && news.ends) clock.dataset.clock = news.ends;
    else if (Boolean(clock) !== Boolean(news.ends)) reload(1500);
  };
  const roomNow = (news) => {
    if (!news.open) return reload(1500);
    if (news.b === Number(canvas.dataset.current)) return undefined;
    canvas.dataset.current = news.b;
    if (mode === "screen" && news.b) return location.assign(canvas.dataset.follow.replace("/papan/0/", `/papan/${news.b}/`));
    const moved = document.querySelector("[data-moved]");
    if (moved && news.b !== board) moved.hidden = false;
    return undefined;
  };
  canvas.addEventListener("live", ({ detail }) => {
    if (detail.k === "room") roomNow(detail);
    else if (detail.b !== board) return;
    else if (detail.k === "note") noteNow(detail);
    else if (detail.k === "group") groupNow(detail);
    else if (detail.k === "board") boardNow(detail);
  });

  // The line, the clock

  const badge = document.querySelector("[data-line]");
  const stateOf = () => {
    const state = canvas.dataset.liveState;
    if (!state || !badge) return;
    badge.hidden = false;
    badge.className = `badge ${state === "open" ? "good" : "warn"}`;
    badge.textContent = words(state === "waiting" ? "line-waiting" : state);
    if (state === "open") flush();
  };
  new MutationObserver(stateOf).observe(canvas, { attributeFilter: ["data-live-state"] });
  const tick = () => {
    const clock = document.querySelector("[data-clock]");
    if (!clock) return;
    const left = Math.round((new Date(clock.dataset.clock) - Date.now()) / 1000);
    clock.textContent = left > 0 ? words("clock", { m: Math.floor(left / 60), s: left % 60 }) : words("over");
  };
  setInterval(tick, 1000);

  // What I write: kept on this telephone until the server has confirmed it

  const form = document.querySelector("[data-composer]");
  const place = document.querySelector("[data-queue]");
  const offline = document.querySelector("[data-offline]");
  const store = `workshop ${place?.dataset.queue || ""}`;
  const read = () => { try { return JSON.parse(localStorage.getItem(store)) || []; } catch { return []; } };
  const keep = (items) => { try { localStorage.setItem(store, JSON.stringify(items)); } catch { /* a full or closed store: the page still sends */ } };
  let items = place ? read() : [];
  // what a closed board refused is sent again where it takes notes again
  if (form) items.forEach((one) => { if (one.board === board) delete one.why; });
  let sending = false;
  let tries = 0;
  let timer = 0;

  // confirmed by its answer, or, where that was lost, by the news of it
  function settled(key) {
    place?.querySelector(`[data-waits="${key}"]`)?.remove();
    if (!items.some((one) => one.key === key)) return;
    items = items.filter((one) => one.key !== key);
    keep(items);
    told();
  }
  function told() {
    if (!offline) return;
    const waiting = items.filter((one) => !one.why).length;
    const broken = !navigator.onLine || tries > 1;
    offline.hidden = !(broken && waiting);
    offline.firstElementChild.textContent = words("waiting", { n: waiting });
  }
  function draw(item) {
    if (!place) return;
    let card = place.querySelector(`[data-waits="${item.key}"]`);
    if (!card) {
      card = document.createElement("li");
      card.className = "note waits";
      card.dataset.waits = item.key;
      place.append(card);
    }
    const text = document.createElement("p");
    text.className = "note-text";
    text.textContent = item.body.text;
    const foot = document.createElement("div");
    foot.className = "note-foot";
    foot.textContent = item.why || words(tries > 1 ? "waits" : "sending");
    card.replaceChildren(text, foot);
    if (!item.why) return;
    card.classList.add("refused");
    for (const [name, act] of [["again", () => { delete item.why; keep(items); draw(item); flush(); }], ["drop", () => settled(item.key)]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button small plain";
      button.textContent = words(name);
      button.addEventListener("click", act);
      foot.append(" ", button);
    }
  }
  const later = (seconds) => {
    clearTimeout(timer);
    timer = setTimeout(flush, seconds * 1000);
  };
  async function send(item) {
    const body = new FormData();
    for (const [name, value] of Object.entries(item.body)) body.append(name, value);
    body.append("key", item.key);
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), 30000);
    try {
      const answer = await fetch(item.url, { method: "POST", body, headers: { Accept: "application/json" }, signal: stop.signal });
      if (answer.status === 429 || answer.status >= 500) {
        tries += 1; // or the end of flush would ask again at once
        draw(item);
        later(Number(answer.headers.get("Retry-After")) || 5);
        return false;
      }
      const news = await answer.json().catch(() => null);
      if (answer.ok && news) {
        if (news.b === board) noteNow(news);
        settled(news.key);
      } else {
        item.why = news ? [news.what, news.why, news.next].filter(Boolean).join(" ") : String(answer.status);
        keep(items);
        draw(item);
      }
      tries = 0;
      return true;
    } finally {
      clearTimeout(patience);
    }
  }
  async function flush() {
    if (sending || !place) return;
    if (!navigator.onLine) { // the event `online` begins again
      tries = Math.max(tries, 2);
      items.forEach(draw);
      told();
      return;
    }
    sending = true;
    clearTimeout(timer);
    try {
      for (const item of [...items]) {
        if (!item.why && !(await send(item))) break;
      }
    } catch {
      tries += 1;
      items.forEach(draw);
      later(Math.min(15, 2 ** tries) * (0.5 + Math.random() / 2));
    }
    sending = false;
    told();
    if (tries === 0 && items.some((one) => !one.why)) later(0.2);
  }
  const fresh = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16)); // randomUUID wants https
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, "$1-$2-$3-$4-$5");
  };
  if (form) {
    const { text } = form.elements;
    const draft = `${store} draft ${board}`;
    form.elements.key.value = fresh(); // a page from the browser's memory has an old one
    text.value = text.value || sessionStorage.getItem(draft) || "";
    text.addEventListener("input", () => sessionStorage.setItem(draft, text.value));
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!text.value.trim()) return;
      const body = Object.fromEntries(new FormData(form));
      const { key } = body;
      delete body.key;
      delete body.csrfmiddlewaretoken;
      const item = { key, board, url: form.getAttribute("action"), body };
      items.push(item);
      keep(items);
      draw(item);
      text.value = "";
      sessionStorage.removeItem(draft);
      form.elements.key.value = fresh();
      text.focus();
      flush();
    });
  }
  if (place) {
    items.forEach(draw);
    addEventListener("online", () => { tries = 0; flush(); });
    addEventListener("offline", told);
    flush();
  }

  // Dots: the number that shall be there, so that sending twice changes nothing

  document.querySelectorAll("[data-dots]").forEach((one) => {
    one.addEventListener("submit", () => { one.classList.add("busy"); });
  });

  // Grouping by dragging; the buttons do the same for keyboards and fingers

  const grouping = document.querySelector("[data-grouping]");
  const move = async (note, group) => {
    const body = new FormData();
    body.append("do", "move");
    body.append("note", note);
    body.append("group", group);
    body.append("csrfmiddlewaretoken", grouping.elements.csrfmiddlewaretoken.value);
    await fetch(grouping.getAttribute("action"), { method: "POST", body, headers: { Accept: "application/json" } });
  };
  if (grouping && mode !== "phone") {
    canvas.addEventListener("dragstart", (event) => {
      const card = event.target.closest?.("[data-note]");
      if (card) event.dataTransfer.setData("text/plain", card.dataset.note);
    });
    canvas.addEventListener("dragover", (event) => {
      if (event.target.closest?.("[data-group], [data-piles]")) event.preventDefault();
    });
    canvas.addEventListener("drop", (event) => {
      const note = event.dataTransfer.getData("text/plain");
      const onto = event.target.closest?.("[data-group]");
      const area = event.target.closest?.("[data-piles]");
      if (!/^\d+$/.test(note) || !(onto || area)) return;
      event.preventDefault();
      move(note, onto ? onto.dataset.group : "new").catch(() => location.reload());
    });
  }
})();
