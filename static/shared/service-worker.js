// Keeps the shells of the buyer's client and the scanner on the phone, so that they open without a network. It touches nothing but the
// files of one build and the pages listed for it in /sw.js: no answer of the API, no certificate, nothing of the console, no photo.
//
// A new build waits until the pages of the old one are closed (the browser's own rule, not cut short here), so that an open page goes on
// finding the files it was made with.
const { build, pages, keys, shell, scanner } = self.DANZHU;
const PREFIX = "danzhu-";
const NAME = PREFIX + build;
const PATIENCE_MS = 8000;
const files = new Set([...shell, ...scanner]);

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin || request.headers.has("Authorization")) return;
  if (files.has(address.pathname)) event.respondWith(file(request));
  else if (address.pathname === keys) event.respondWith(newest(event, keys));
  else if (request.mode === "navigate" && pages.includes(address.pathname)) event.respondWith(newest(event, address.pathname));
});
// The scanner asks for its reader to be kept: 430 kB that nobody else needs.
self.addEventListener("message", (event) => {
  if (event.data === "keep the scanner") event.waitUntil(keep(scanner));
});

async function install() {
  const cache = await caches.open(NAME);
  await cache.addAll(shell);
  await Promise.all([keys, ...pages].map(async (path) => {
    const answer = await fetch(path, { cache: "no-cache" });
    // While web servers are upgraded one by one a page may come from another build: better no worker than one of two halves.
    if (!(await keepPage(path, answer))) throw new Error(`${path} is not of build ${build}`);
  }));
  if (await scannerWasKept()) await keep(scanner);
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** Whether this phone was used for scanning before, under any build. */
async function scannerWasKept() {
  for (const name of await caches.keys()) {
    const kept = name.startsWith(PREFIX) ? await (await caches.open(name)).keys() : [];
    if (kept.some(({ url }) => url.endsWith(".wasm"))) return true;
  }
  return false;
}

async function keep(addresses) {
  const cache = await caches.open(NAME);
  for (const address of addresses) if (!(await cache.match(address))) await cache.add(address);
}

/** Keep a page as the answer to its bare path, if it is one of this build; whether it was. */
async function keepPage(path, answer) {
  if (!answer.ok || answer.redirected) return false;
  if (path !== keys && !(await answer.clone().text()).includes(`/${build}/`)) return false;
  await (await caches.open(NAME)).put(path, answer);
  return true;
}

/** A file of the build: it never changes under its address. */
async function file(request) {
  return (await kept(request.url)) ?? fetch(request);
}

/** What the server says now, not what the browser kept of it; or what was kept here where it says nothing in time or is out of order. */
async function newest(event, path) {
  const { request } = event;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const answer = await fetch(request, { signal: patience.signal, cache: "no-cache" }).catch(() => null);
  clearTimeout(timer);
  if (!answer || answer.status >= 500) return (await marked(path)) ?? answer ?? Response.error();
  // An address with parameters is somebody's own: a sign-in coming back from WeChat.
  if (!new URL(request.url).search) event.waitUntil(keepPage(path, answer.clone()));
  return answer;
}

/** A page that was kept, which says so to offline.js. */
async function marked(path) {
  const answer = await kept(path);
  return answer && new Response((await answer.text()).replace("<html ", "<html data-kept "), { headers: answer.headers });
}

const kept = async (address) => (await caches.open(NAME)).match(address, { ignoreVary: true });
