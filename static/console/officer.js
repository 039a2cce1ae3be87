// Who is signed in. The token lives in a cookie that no script can read; what proves that a call is this page's own is kept in memory only.
import { call, signCalls, signedInAgain } from "../shared/api.js";
import { useEffect, useState } from "../shared/view.js";

const CHANGED = "danzhu-officer";
const READING = ["GET", "HEAD"];

export const demo = document.documentElement.dataset.demo === "true";

/** `who`: the officer, null for nobody, undefined while it is not known yet. `ended`: a sign-in was over in the middle of work. */
let state = { who: undefined, ended: false };
/** Whose work stands on the screen: the officer, or the one whose sign-in ended in the middle of it. */
let working = null;
let proof = null;

function become(who, ended = false) {
  state = { who, ended };
  working = who ?? (ended ? working : null);
  if (who === null) proof = null;
  dispatchEvent(new Event(CHANGED));
}

signCalls(
  (method) => (proof && !READING.includes(method) ? { "X-CSRF-Token": proof } : {}),
  () => state.who && become(null, true),
);

/** `{who, ended}`, kept up to date on the screen. */
export function useOfficer() {
  const [found, setFound] = useState(state);
  useEffect(() => {
    const changed = () => setFound(state);
    addEventListener(CHANGED, changed);
    changed();
    return () => removeEventListener(CHANGED, changed);
  }, []);
  return found;
}

/** Find out who is signed in when the page has been loaded; the page says where there is nobody to be found. */
export async function begin() {
  if (document.documentElement.dataset.signedIn === "no") become(null);
  else await recognise();
}

/** Ask the server who is signed in; a failure that is not about signing in is thrown. */
export async function recognise() {
  try {
    const who = await call("GET", "/officer/session");
    proof = who.csrf_token;
    become(who);
  } catch (error) {
    if (error.status !== 401) throw error;
    become(null, state.ended);
  }
}

/** Sign in; `code` is a one-time code of six digits or a recovery code, where one is asked for. */
export async function signIn({ username, password, code }) {
  const shown = code ? { [/^\d{6}$/.test(code) ? "totp" : "recovery_code"]: code } : {};
  proof = (await call("POST", "/officer/session", { body: { username, password, ...shown, cookie: true } })).csrf_token;
  await recognise();
  signedInAgain();
}

/** Sign out here and at the server; who has lost the network stays signed in and is told so. */
export async function signOut() {
  try {
    await call("DELETE", "/officer/session");
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  become(null);
}

/** Whether the officer may make a call, written as the table of permissions does: "GET /officer/households". */
export const may = (asked) => working?.may.includes(asked) ?? false;

/** The officer whose work the screen shows; of a screen only, which stands for nobody else. */
export const me = () => working;
