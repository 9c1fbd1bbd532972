// Keeps the desk's page on the telephone. KEPT (version, page, files) stands above.
const PREFIX = `attendance ${KEPT.page} `;
const CACHE = PREFIX + KEPT.version;

async function keep() {
  const cache = await caches.open(CACHE);
  // a page that leads elsewhere (signed out) must not be kept in its place
  const wanted = [KEPT.page, ...KEPT.files].map((url) => new Request(url, { redirect: "error", cache: "no-cache" }));
  await cache.addAll(wanted);
  await self.skipWaiting();
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function answer(request) {
  const cache = await caches.open(CACHE);
  const found = await cache.match(request, { ignoreSearch: request.mode === "navigate", ignoreVary: true });
  return found || fetch(request);
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const path = new URL(event.request.url).pathname;
  if (event.request.method === "GET" && (path === KEPT.page || KEPT.files.includes(path))) {
    event.respondWith(answer(event.request));
  }
});
