/* Keeps the form at hand without signal: the shell, which holds no data, and what it needs to run.
   Pages with data are never stored here. A new version of this file makes a new store. */
const STORE = "headworks-field-1";
const SHELL = "/field/shell/";
const FILES = [
  SHELL, "/manifest.webmanifest", "/static/headworks/pages.css", "/static/headworks/desk/field.css", "/static/headworks/icon.svg",
  "/static/headworks/desk/field.js", "/static/headworks/desk/outbox.js", "/static/headworks/desk/codes.js",
  "/static/headworks/desk/icon-192.png",
];
const PATIENCE_MS = 6000;

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(FILES)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (names) => Promise.all(names.filter((name) => name.startsWith("headworks-field-") && name !== STORE).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(old).then(() => self.clients.claim()));
});

async function page(request) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(request, { signal: stop.signal });
    // The shell follows the language that was chosen.
    fetch(SHELL).then((fresh) => fresh.ok && caches.open(STORE).then((store) => store.put(SHELL, fresh))).catch(() => {});
    return answer;
  } catch {
    return (await caches.match(SHELL)) || Response.error();
  } finally {
    clearTimeout(timer);
  }
}

async function file(request) {
  const known = await caches.match(request, { ignoreSearch: true });
  const fresh = fetch(request).then(async (answer) => {
    if (answer.ok) await (await caches.open(STORE)).put(request, answer.clone());
    return answer;
  });
  if (!known) return fresh;
  fresh.catch(() => {});
  return known;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const path = new URL(request.url).pathname;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate" && path.startsWith("/field/")) event.respondWith(page(request));
  else if (FILES.includes(path)) event.respondWith(file(request));
});
