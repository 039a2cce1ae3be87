// The pieces that every screen is made of.
import { t } from "./words.js";
import { html, render, useEffect, useRef } from "./view.js";

/** A button that shows when its work goes on. `kind`: primary, quiet, danger, or nothing. */
export const Button = ({ kind = "", busy = false, disabled = false, wide = false, children, type = "button", ...rest }) => html`
  <button type=${type} class=${`button ${kind} ${wide ? "wide" : ""}`} aria-busy=${busy ? "true" : null} disabled=${disabled || busy} ...${rest}>${children}</button>`;

/** A labelled field around one control made by `control({id, ...described})`; `problem` is said to screen readers too. */
export function Field({ id, label, hint, problem, control }) {
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ") || null;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    ${control({ id, class: "input", "aria-describedby": described, "aria-invalid": problem ? "true" : null })}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${problem && html`<p class="problem" id=${`${id}-problem`} role="alert">${problem}</p>`}
  </div>`;
}

/** Grey lines where an answer will stand. */
export const Waiting = ({ lines = 4 }) => html`<div class="waiting" role="status"><span class="unseen">${t("wait")}</span>${Array.from({ length: lines }, () => html`<i></i>`)}</div>`;

/** What went wrong, in the server's own words, and a way on. */
export const Failure = ({ error, again }) => error && html`
  <div class="notice bad stack tight" role="alert">
    <p>${error.message}</p>
    ${error.requestId && error.status >= 500 && html`<p class="small">${t("error.request", { id: error.requestId })}</p>`}
    ${again && html`<p><${Button} onClick=${again}>${t("again")}<//></p>`}
  </div>`;

/** Where there is nothing yet: what would stand here, and how it comes about. */
export const Empty = ({ title, hint, children }) => html`
  <div class="empty">
    <svg viewBox="0 0 64 64" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" aria-hidden="true"><path d="M32 56V30m0 8c-8 0-13-5-13-12 7 0 13 4 13 12zm0-6c0-9 5-14 14-14 0 8-5 14-14 14zM12 56h40" /></svg>
    <h2>${title}</h2>${hint && html`<p>${hint}</p>`}${children}
  </div>`;

/** An answer of useAnswer: waiting, what went wrong, or `children(answer)`. An answer stays while it is asked for anew. */
export const Loaded = ({ from, lines, children }) =>
  from.answer !== null ? html`<${Failure} error=${from.error} again=${from.again} />${children(from.answer)}`
    : from.error ? html`<${Failure} error=${from.error} again=${from.again} />`
      : html`<${Waiting} lines=${lines} />`;

/** A list of useList: `children(items)`, `empty` where there is nothing, and the way to more. */
export const Listed = ({ from, empty, children }) => html`
  ${from.items.length > 0 && children(from.items)}
  ${!from.items.length && !from.loading && !from.error && empty}
  ${from.loading && html`<${Waiting} />`}
  <${Failure} error=${from.error} again=${from.items.length ? from.loadMore : from.again} />
  ${from.more && !from.loading && !from.error && html`<${Button} wide onClick=${from.loadMore}>${t("more")}<//>`}`;

/** A sheet over the page; `onClose` is called by Escape, by its cross and by a tap beside it. */
export function Sheet({ title, onClose, children }) {
  const dialog = useRef();
  useEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown.showModal();
    return () => {
      // Nothing beside an open dialog takes the focus.
      shown.close();
      before?.focus?.();
    };
  }, []);
  return html`
    <dialog class="sheet" ref=${dialog} aria-labelledby="sheet-title"
      onCancel=${(event) => { event.preventDefault(); onClose(); }}
      onClick=${(event) => event.target === dialog.current && onClose()}>
      <header><h2 id="sheet-title">${title}</h2><button type="button" class="button quiet" aria-label=${t("close")} onClick=${onClose}><svg width="20" height="20" viewBox="0 0 20 20" stroke="currentColor" stroke-width="2.500" stroke-linecap="round" aria-hidden="true"><path d="M4 4l12 12M16 4L4 16" /></svg></button></header>
      <div class="inside">${children}</div>
    </dialog>`;
}

const SHOWN_MS = 4000;
let toasts = [];

/** Say something for some seconds, to screen readers too. */
export function say(words) {
  let place = document.querySelector(".toasts");
  if (!place) {
    place = document.body.appendChild(document.createElement("div"));
    place.className = "toasts";
    place.setAttribute("role", "status");
  }
  const mine = { words };
  toasts = [...toasts, mine];
  const show = () => render(html`${toasts.map((toast) => html`<p>${toast.words}</p>`)}`, place);
  show();
  setTimeout(() => {
    toasts = toasts.filter((toast) => toast !== mine);
    show();
  }, SHOWN_MS);
}
