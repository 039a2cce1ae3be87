// The pieces of the console's screens, beside those every client has. Screens import from here alone; docs/clients.md lists them.
import { useAnswer } from "../shared/calls.js";
import { count, time } from "../shared/format.js";
import { Button, Empty } from "../shared/parts.js";
import { goBack, lastOf } from "../shared/router.js";
import { html, useEffect } from "../shared/view.js";
import { t } from "../shared/words.js";
import { amend } from "./forms.js";

export { Act } from "./acts.js";
export { csv } from "./csv.js";
export { DownloadButton, save } from "../shared/files.js";
export { amend, Control, Fields, Filters, Form, FormSheet, ReasonSheet } from "./forms.js";
export { demo, may, me, useOfficer } from "./officer.js";
export { RegionPicker } from "./region.js";
export { exported, parted, shown, Table } from "./table.js";

/** A screen's head: its title, which is the window's too, where it hangs (`back`: [words, address]), and its acts. */
export function Heading({ title, back, lead, children }) {
  useEffect(() => { document.title = `${title} · ${t("console")}`; }, [title]);
  return html`<header class="heading">
    ${back && html`<a class="back no-print" href=${lastOf(back[1])} onClick=${goBack}>‹ ${back[0]}</a>`}
    <div class="row apart"><div class="named"><h1>${title}</h1>${lead && html`<p class="soft">${lead}</p>`}</div>${children && html`<div class="row no-print">${children}</div>`}</div>
  </header>`;
}

/** What is no filter of an address. */
const ORDER = ["sort", "group_by"];

/** Where a list is empty: nothing has come about yet, as `hint` says it does, or the filters leave nothing, as `filtered` may say, and are to be cleared. */
export function Nothing({ title, hint, filtered, query }) {
  const set = Object.keys(query).filter((name) => query[name] && !ORDER.includes(name));
  if (!set.length) return html`<${Empty} title=${title} hint=${hint} />`;
  return html`<${Empty} title=${title} hint=${filtered || t("filters.nothing")}><p><${Button} onClick=${() => amend(Object.fromEntries(set.map((name) => [name, null])))}>${t("filters.clear")}<//></p><//>`;
}

/** Facts in a card: `[[words, value]]`; what has no value is left out. */
export const Facts = ({ title, facts, children }) => html`<section class="card stack">
  ${title && html`<h2>${title}</h2>`}
  ${facts.length > 0 && html`<dl class="facts">${facts.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([words, value]) => html`<div><dt>${words}</dt><dd>${value}</dd></div>`)}</dl>`}
  ${children}
</section>`;

/** Big figures in a row: `[[words, value, unit]]`. */
export const Figures = ({ figures }) => html`<dl class="figures figure">
  ${figures.map(([words, value, unit]) => html`<div><dt>${words}</dt><dd>${value}${unit && html` <span class="unit">${unit}</span>`}</dd></div>`)}
</dl>`;

/** A badge: `kind` good, warn, bad or nothing. */
export const Badge = ({ kind = "", children }) => html`<span class=${`badge ${kind}`}>${children}</span>`;

/** How far something has come: `[{title, state: done|now|later|bad, by, at, note}]`. */
export const Steps = ({ steps }) => html`<ol class="way">
  ${steps.map(({ title, state, by, at, note }) => html`<li class=${state} aria-current=${state === "now" ? "step" : null}>
    <p><strong>${title}</strong> <span class="unseen">${t(`step.${state}`)}</span></p>
    ${(by || at) && html`<p class="small soft">${[by, at && time(at)].filter(Boolean).join(" · ")}</p>`}
    ${note && html`<p class="small">${note}</p>`}
  </li>`)}
</ol>`;

/** Work that takes its time: `done` of `of`, or just that it goes on where `of` is not known. */
export const Progress = ({ label, done, of }) => html`<div class="progress" role="status">
  <p>${label}${of > 0 && html` <span class="number">${count(done)} / ${count(of)}</span>`}</p>
  <progress aria-label=${label} max=${of > 0 ? of : null} value=${of > 0 ? done : null}></progress>
</div>`;

/** As useAnswer, asked for anew every `everyMs` for as long as `going(answer)`: work that goes on survives a reload. */
export function useWatched(path, going, everyMs = 2000) {
  const from = useAnswer(path);
  const goes = from.answer !== null && !from.loading && going(from.answer);
  useEffect(() => {
    if (!goes) return undefined;
    const timer = setTimeout(from.again, everyMs);
    return () => clearTimeout(timer);
  }, [goes, from.answer, from.error]);
  return from;
}
