// Screens by the part of the address behind "#": `#/trees/AB12?year=2026`. Each is loaded when it is first shown.
import { decoded } from "./decoded.js";
import { t } from "./words.js";
import { Failure, Waiting } from "./parts.js";
import { html, useEffect, useRef, useState } from "./view.js";

/** The address as `{path, query}`, the query as an object of its parameters. */
export function here() {
  const [path, query = ""] = (location.hash.slice(1) || "/").split("?");
  return { path, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** Go to a screen; `replace` leaves the present one out of the browser's history. */
export function go(path, { replace = false } = {}) {
  if (replace) location.replace(`#${path}`);
  else location.hash = path;
}

/** Where each screen was left, by its path: `{hash, scrolled}`. */
const left = new Map();
/** Whether the present screen was come back to, and from where. */
let returned = false;
let from = "";
let goingBack = false;

export const hasReturned = () => returned;

/** The address at which a screen was left, with its filters, or its bare one. */
export const lastOf = (path) => left.get(path)?.hash ?? `#${path}`;

/** Say that the next screen is one to come back to: called by a link to `lastOf`. */
export const goBack = () => { goingBack = true; };

const frames = () => [document.scrollingElement, ...document.querySelectorAll("main .table-frame")];

/** An entry of the history that carries a mark has been here before. */
const mark = () => history.replaceState({}, "");

addEventListener("hashchange", ({ oldURL }) => {
  from = new URL(oldURL).hash || "#/";
  left.set(from.slice(1).split("?")[0], { hash: from, scrolled: frames().map(({ scrollTop, scrollLeft }) => ({ top: scrollTop, left: scrollLeft })) });
  returned = goingBack || history.state !== null;
  goingBack = false;
  mark();
});
mark();

/** Scroll as far as the screen was when it was left, and look at the link it was left by. */
function comeBack(path) {
  const found = [...document.querySelectorAll("main a[href]")].find(({ hash }) => hash === from);
  const places = frames();
  left.get(path)?.scrolled.forEach((offsets, n) => places[n]?.scrollTo(offsets));
  found?.focus({ preventScroll: true });
  return found !== undefined;
}

/** The route a path belongs to and its parameters: `/trees/:code` finds `{code}`. */
export function matched(routes, path) {
  for (const [pattern, load] of routes) {
    const names = [];
    const form = pattern.replace(/:(\w+)/g, (_, name) => (names.push(name), "([^/]+)"));
    const found = new RegExp(`^${form}$`).exec(path);
    if (found) return { load, parameters: Object.fromEntries(names.map((name, n) => [name, decoded(found[n + 1])])) };
  }
  return null;
}

/** Where the person is, kept up to date. */
export function useHere() {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return place;
}

/**
 * The screen of the present address. `routes` is a list of [pattern, load], where `load()` gives a module whose default
 * export is the screen: a component that is given its parameters and `query`.
 */
export function Screens({ routes, missing }) {
  const { path, query } = useHere();
  const [shown, setShown] = useState({ path: null, Screen: null, error: null });
  const first = useRef(true);
  const asked = useRef(query);
  const [round, setRound] = useState(0);
  useEffect(() => {
    let left = false;
    const route = matched(routes, path) ?? { load: missing, parameters: {} };
    route.load().then(
      (module) => !left && setShown({ path, Screen: module.default, parameters: route.parameters, error: null }),
      // A screen that was not fetched before the network went.
      () => !left && setShown({ path, Screen: null, error: { message: t("error.offline") } }),
    );
    return () => { left = true; };
  }, [path, round]);
  useEffect(() => {
    if (!shown.path) return;
    // A screen reader begins to read at the new heading; the first screen is the browser's own business.
    if (!first.current && !(returned && comeBack(shown.path))) {
      if (!returned) scrollTo(0, 0);
      const heading = document.querySelector("main h1");
      heading?.setAttribute("tabindex", "-1");
      heading?.focus({ preventScroll: true });
    }
    first.current = false;
  }, [shown.path]);
  if (shown.error) return html`<${Failure} error=${shown.error} again=${() => setRound((n) => n + 1)} />`;
  if (!shown.Screen) return html`<${Waiting} />`;
  // The query of the next screen is none of this one's, which stays until that one is there.
  if (path === shown.path) asked.current = query;
  return html`<${shown.Screen} key=${shown.path} ...${shown.parameters} query=${asked.current} />`;
}
