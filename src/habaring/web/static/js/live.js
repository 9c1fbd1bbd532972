// What happens elsewhere, as it happens (docs/live.md). Every page works without this.
//
// <section data-live="/…/langsung/" data-number="17"> gets an event `live` for each piece
// of news (event.detail is its data), which htmx can wait for: hx-trigger="live". Its
// data-live-state is open, waiting (the line broke, it is tried again) or closed.
//
// habaringSocket(address, { open, message, state }) is the same for bytes both ways; it
// gives { send(bytes), close() }. After each `open` the page says again what it knows.
(() => {
  const LONGEST = 15000;
  const BEAT = 25000; // the server ends a line that is silent for longer than 90 s
  const FINAL = new Set(["withdrawn"]);
  const pause = (tries) => Math.min(LONGEST, 500 * 2 ** tries) * (0.5 + Math.random() / 2);

  const listen = (place) => {
    let last = Number(place.dataset.number || 0);
    let tries = 0;
    let source = null;
    const state = (word) => { place.dataset.liveState = word; };
    const open = () => {
      const address = new URL(place.dataset.live, location.href);
      address.searchParams.set("sejak", last);
      source = new EventSource(address);
      source.onopen = () => { tries = 0; state("open"); };
      source.onmessage = (event) => {
        last = Number(event.lastEventId) || last;
        const detail = JSON.parse(event.data);
        place.dispatchEvent(new CustomEvent("live", { detail, bubbles: true }));
      };
      source.addEventListener("closed", (event) => {
        if (!FINAL.has(JSON.parse(event.data).reason)) return;
        source.close();
        state("closed");
      });
      source.onerror = () => {
        if (place.dataset.liveState === "closed") return;
        state("waiting");
        source.close(); // a browser gives up where the answer is an error: we do not
        if (place.isConnected) setTimeout(open, pause(tries));
        tries += 1;
      };
    };
    open();
    addEventListener("pagehide", () => source.close());
    addEventListener("pageshow", (event) => { if (event.persisted) open(); });
    addEventListener("online", () => { tries = 0; });
  };

  window.habaringSocket = (address, { open, message, state = () => {} }) => {
    let tries = 0;
    let over = false;
    let line = null;
    let beat = null;
    const send = (bytes) => {
      if (line?.readyState !== WebSocket.OPEN) return false; // said again after `open`
      line.send(bytes);
      return true;
    };
    const connect = () => {
      const url = new URL(address, location.href);
      url.protocol = url.protocol.replace("http", "ws");
      line = new WebSocket(url);
      line.binaryType = "arraybuffer";
      line.onopen = () => {
        tries = 0;
        state("open");
        beat = setInterval(() => send(new Uint8Array(0)), BEAT);
        open?.(send);
      };
      line.onmessage = (event) => message(new Uint8Array(event.data));
      line.onclose = (event) => {
        clearInterval(beat);
        over ||= event.code === 1008; // the right was withdrawn
        state(over ? "closed" : "waiting");
        if (!over) setTimeout(connect, pause(tries));
        tries += 1;
      };
    };
    connect();
    return { send, close: () => { over = true; line.close(); } };
  };

  document.querySelectorAll("[data-live]").forEach(listen);
  document.addEventListener("htmx:load", (event) => {
    event.target.querySelectorAll?.("[data-live]:not([data-live-state])").forEach(listen);
  });
})();
