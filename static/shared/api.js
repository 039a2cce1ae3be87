// The one way to call the API: knows who is signed in, the language, and the one shape of errors.
import { language, t } from "./words.js";

const API = "/api/v1";
const PATIENCE_MS = 30_000;
/** Longer than the browser may keep an answer that a sale changes (blueprints/caching.py). */
const FRESH_MS = 15_000;

/** A call that was refused or did not get through. `code` is the API's, or "offline" where nobody answered. */
export class Refused extends Error {
  constructor(status, { code, message, fields, request_id: requestId }, retryAfter = null) {
    super(message);
    Object.assign(this, { status, code, fields: fields ?? {}, requestId, retryAfter });
  }
}

let ahead = 0;
/** When something was last changed from here: what the browser kept from before that is asked for anew. */
let changed = -Infinity;

/** The server's time in milliseconds, for phones whose clock is wrong. */
export const now = () => Date.now() + ahead;

/** Said on the window when a call may have changed something: what was kept of answers is old. */
export const CHANGED = "danzhu-changed";

/** Said on the window when somebody has signed in after a call was refused for want of it. */
export const SIGNED_IN = "danzhu-signed-in";

let credentials = () => ({});
let signedOut = () => {};

/** Say how calls are signed (headers for each call) and what happens when the answer is that nobody is signed in. */
export function signCalls(headers, whenSignedOut) {
  credentials = headers;
  signedOut = whenSignedOut;
}

/** Let the answers that a screen could not get without a sign-in be asked for anew. */
export const signedInAgain = () => dispatchEvent(new Event(SIGNED_IN));

/** An address of the API with the parameters that are set. */
export function address(path, parameters = {}) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const query = new URLSearchParams(given).toString();
  return path + (query && `?${query}`);
}

/**
 * Call the API and give its answer (null for an empty one); raises Refused.
 * `body` is sent as JSON, `form` (a FormData) as it is; `key` is the Idempotency-Key, the same for each try of one purpose.
 */
export async function call(method, path, { body, form, key, signal } = {}) {
  const answer = await send(method, path, { body, form, key, signal });
  if (answer.status === 204) return null;
  return answer.json();
}

/** As `call`, for an answer that is a file: a Blob with its `name`. `root` is "" for a file that lies outside the API. */
export async function download(method, path, options = {}) {
  const answer = await send(method, path, options);
  const named = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "");
  return { blob: await answer.blob(), name: named?.[1] ?? "danzhu" };
}

async function send(method, path, { body, form, key, signal, root = API }) {
  const headers = { "Accept-Language": language === "en" ? "en" : "zh-CN", ...credentials(method) };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const patience = new AbortController();
  // A large sheet on a weak line takes its time; nothing else should.
  const timer = form ? null : setTimeout(() => patience.abort(), PATIENCE_MS);
  signal?.addEventListener("abort", () => patience.abort());
  const cache = method === "GET" && Date.now() - changed < FRESH_MS ? "no-cache" : "default";
  let answer;
  try {
    answer = await fetch(root + path, {
      method, headers, cache, body: form ?? (body === undefined ? undefined : JSON.stringify(body)), signal: patience.signal,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    tellNetwork(false);
    throw new Refused(0, { code: "offline", message: t("error.offline") });
  } finally {
    clearTimeout(timer);
    if (method !== "GET") changed = Date.now();
  }
  // What may be kept on the way says when it was made, not what time it is; and it may come from this very phone.
  const told = answer.headers.get("Cache-Control") === "no-store" && Date.parse(answer.headers.get("Date") ?? "");
  if (told) {
    ahead = told - Date.now();
    tellNetwork(true);
  }
  if (method !== "GET") dispatchEvent(new Event(CHANGED));
  if (answer.ok) return answer;
  const refused = new Refused(answer.status, await described(answer), Number(answer.headers.get("Retry-After")) || null);
  if (refused.status === 401 && refused.code === "signed_out") signedOut();
  throw refused;
}

/** For the band of offline.js: whether anybody answered. */
const tellNetwork = (reached) => dispatchEvent(new CustomEvent("danzhu-network", { detail: { reached } }));

/** The error's own words; a proxy's page is none of ours. */
async function described(answer) {
  try {
    return await answer.json();
  } catch {
    return { code: "unreadable", message: t("error.unreadable", { status: answer.status }) };
  }
}

/** A fresh Idempotency-Key: made once for one purpose and kept until its answer has come. */
export const freshKey = () =>
  crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
