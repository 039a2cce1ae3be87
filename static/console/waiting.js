// What waits for the officer, each with the way to where it is decided.
import { useAnswer } from "../shared/calls.js";
import { count, time } from "../shared/format.js";
import { Loaded } from "../shared/parts.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { NAV } from "./nav.js";

/** Where each kind is decided, by what it is about. */
const WHERE = {
  imports: (id) => `/imports/${id}`, verifications: (id) => `/verifications/${id}`, year_reviews: (id) => `/year-reviews/${id}`, tree_losses: (code) => `/trees/${code}`,
  accounts: (id) => `/households/${id}/accounts`, bindings: (id) => `/households/${id}/binding`, household_changes: (id) => `/households/${id}/changes`,
  batches_to_submit: (id) => `/payouts/${id}`, batches_to_approve: (id) => `/payouts/${id}`, batches_to_release: (id) => `/payouts/${id}`,
  incidents: (id) => `/incidents/${id}`, proposals: () => "/proposals", period_exports: () => "/exports",
};
/** A screen that the navigation does not lead to is not there yet. */
const there = (path) => NAV.some(([, lines]) => lines.some(([root]) => root !== "/" && (path === root || path.startsWith(`${root}/`))));

function Kind({ one }) {
  const line = ({ subject, name, since }) => html`<span class="grow">${name ? `${name} ${subject}` : t("waiting.one", { subject })}</span><span class="small soft">${t("waiting.since", { time: time(since) })}</span>`;
  return html`<details class="card waiting-kind"><summary><span class="grow">${t(`waiting.${one.kind}`)}</span><span class="badge warn">${count(one.count)}</span></summary>
    <ul class="list">${one.first.map((about) => {
    const path = WHERE[one.kind](about.subject);
    return html`<li>${there(path) ? html`<a href=${`#${path}`}>${line(about)}<span aria-hidden="true">›</span></a>` : html`<p class="row">${line(about)}</p>`}</li>`;
  })}</ul>
    ${one.count > one.first.length && html`<p class="small soft">${t("waiting.more", { count: count(one.count - one.first.length) })}</p>`}
  </details>`;
}

export function WaitingForMe() {
  const from = useAnswer("/officer/waiting");
  return html`<section class="stack tight"><h2>${t("waiting")}</h2>
    <${Loaded} from=${from} lines=${2}>${({ items }) => (items.length ? html`<div class="waiting-kinds">${items.map((one) => html`<${Kind} key=${one.kind} one=${one} />`)}</div>` : html`<p class="card soft">${t("waiting.none")}</p>`)}<//></section>`;
}
