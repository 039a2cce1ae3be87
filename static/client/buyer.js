// Who is buying: the sign-in of this phone. Nothing asks for it before it is needed.
import { call, signCalls } from "../shared/api.js";
import { keep, kept } from "../shared/kept.js";
import { useEffect, useState } from "../shared/view.js";

const NAME = "buyer";
const CHANGED = "danzhu-buyer";
export const demo = document.documentElement.dataset.demo === "true";
export const inWechat = /MicroMessenger/i.test(navigator.userAgent);

/** `{token, expires_at, user{id, nickname}}`, or null for somebody who is not signed in. */
export function buyer() {
  const found = kept(NAME);
  return found && new Date(found.expires_at) > new Date() ? found : null;
}

function become(signedIn) {
  keep(NAME, signedIn);
  dispatchEvent(new Event(CHANGED));
}

/** The buyer, kept up to date on the screen. */
export function useBuyer() {
  const [found, setFound] = useState(buyer);
  useEffect(() => {
    const changed = () => setFound(buyer());
    addEventListener(CHANGED, changed);
    return () => removeEventListener(CHANGED, changed);
  }, []);
  return found;
}

/** Sign in with a code of the demo simulator (`demo:<name>`) or of the official account (with its `state`). */
export async function signIn(code, state) {
  const channel = state ? "official_account" : "miniprogram";
  become(await call("POST", "/session", { body: state ? { code, channel, state } : { code, channel } }));
}

/** Leave for WeChat's sign-in page; it brings the browser back to this very screen. */
export async function leaveForWechat() {
  const back = location.origin + location.pathname;
  keep("return", location.hash);
  const { url } = await call("GET", `/wechat/sign-in-url?return_to=${encodeURIComponent(back)}`);
  location.assign(url);
}

/** After WeChat has brought the browser back: sign in and go on where the person was. */
export async function returnFromWechat() {
  const given = new URLSearchParams(location.search);
  if (!given.get("code") || !given.get("state")) return;
  history.replaceState(null, "", location.pathname + (kept("return") ?? ""));
  keep("return", null);
  await signIn(given.get("code"), given.get("state"));
}

/** End the sign-in here and at the server. */
export async function signOut() {
  await call("DELETE", "/session").catch(() => {});
  become(null);
}

signCalls(
  () => (buyer() ? { Authorization: `Bearer ${buyer().token}` } : {}),
  () => become(null),
);
