// What a collector's telephone keeps: its key, its list, its receipts. In IndexedDB, so
// that it survives the browser being closed; the private key cannot be read out.
const Store = (() => {
  const B32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const SHORT = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const SIGN = { name: "ECDSA", hash: "SHA-256" };
  let database;

  const done = (request) => new Promise((good, bad) => {
    request.onsuccess = () => good(request.result);
    request.onerror = () => bad(request.error);
  });
  const ended = (deal) => new Promise((good, bad) => {
    deal.oncomplete = () => good();
    deal.onabort = deal.onerror = () => bad(deal.error);
  });

  async function open(region) {
    const asked = indexedDB.open(`habaring-collector-${region}`, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("kept");
      asked.result.createObjectStore("slips", { keyPath: "number" });
      asked.result.createObjectStore("taken", { keyPath: "bill" });
    };
    database = await done(asked);
  }
  const get = (name) => done(database.transaction("kept").objectStore("kept").get(name));
  const all = () => done(database.transaction("slips").objectStore("slips").getAll());
  const taken = () => done(database.transaction("taken").objectStore("taken").getAllKeys());
  async function put(name, value) {
    const deal = database.transaction("kept", "readwrite");
    deal.objectStore("kept").put(value, name);
    await ended(deal);
  }

  const utf8 = (text) => new TextEncoder().encode(text);
  const hex = (bytes) => [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("").toUpperCase();
  function base32(bytes) {
    let bits = 0, held = 0, text = "";
    for (const one of bytes) {
      held = (held << 8) | one;
      bits += 8;
      while (bits >= 5) { bits -= 5; text += B32[(held >> bits) & 31]; }
      held &= (1 << bits) - 1;
    }
    return bits ? text + B32[(held << (5 - bits)) & 31] : text;
  }
  const signed = async (key, text) => base32(new Uint8Array(await crypto.subtle.sign(SIGN, key, utf8(text))));
  const sha256 = async (text) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))));

  // The private key cannot leave: extractable is false. A public key always can.
  async function newKey() {
    const kept = await get("key");
    if (kept) return kept;
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
    const made = { secret: pair.privateKey, shown: { kty, crv, x, y } };
    await put("key", made);
    return made;
  }

  function shortOf(device, number, hash) {
    const first = parseInt(hash.slice(0, 8), 16) >>> 2;
    let code = "";
    for (let shift = 25; shift >= 0; shift -= 5) code += SHORT[(first >>> shift) & 31];
    return `P${device}-${number}-${code}`;
  }

  const billOf = (bill) => `${bill.nop}/${bill.year}${bill.seq ? `.${bill.seq}` : ""}`;

  async function lastOf(state) {
    const slips = await all();
    const own = slips[slips.length - 1];
    return own && own.number >= state.last.number ? own : state.last;
  }

  // One receipt: numbered, leaning on the one before, signed; kept whole or not at all.
  async function write(state, bill, amount) {
    const { secret } = await get("key");
    for (let tries = 0; tries < 5; tries += 1) {
      const last = await lastOf(state);
      const number = last.number + 1;
      const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
      const text = [
        bill.example ? "HBR2C" : "HBR2", state.device.region, state.device.id, number,
        last.hash || "-", billOf(bill), amount, time,
      ].join("/");
      const hash = await sha256(text);
      const slip = {
        number, hash, amount, time, line: `${text}/${await signed(secret, text)}`,
        bill: billOf(bill), nop: bill.nop, year: bill.year, name: bill.name, example: bill.example,
        short: shortOf(state.device.id, number, hash), state: "queued", told: [],
      };
      const deal = database.transaction(["slips", "taken"], "readwrite");
      deal.objectStore("slips").add(slip); // fails where another tab was faster
      deal.objectStore("taken").add({ bill: billOf(bill) });
      try {
        await ended(deal);
        return slip;
      } catch (error) {
        if ((await taken()).includes(billOf(bill))) return null; // written already
      }
    }
    throw new Error("no number");
  }

  async function mark(answers) {
    const byLine = new Map(answers.map((one) => [one.line, one]));
    const byHash = new Map(answers.map((one) => [one.hash, one]));
    const slips = await all();
    const deal = database.transaction("slips", "readwrite");
    slips.forEach((slip) => {
      const answer = byLine.get(slip.line) || byHash.get(slip.hash);
      if (answer) deal.objectStore("slips").put({ ...slip, state: answer.state, told: answer.told });
    });
    await ended(deal);
  }

  // What the office has heard of is asked for again where the office still lists it.
  async function release() {
    const open = new Set((await all()).filter((slip) => slip.state === "queued").map((slip) => slip.bill));
    const gone = (await taken()).filter((bill) => !open.has(bill));
    const deal = database.transaction("taken", "readwrite");
    gone.forEach((bill) => deal.objectStore("taken").delete(bill));
    await ended(deal);
  }

  return { open, get, put, all, taken, newKey, signed, write, mark, release, billOf };
})();
