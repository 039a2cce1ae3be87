// Who did what about what, and when; facts as they were before and after.
import { address } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { ACTIONS, WORDS as ACTION_WORDS } from "../../words/console-audit.js";
import { WORDS } from "../../words/console-control.js";
import { WORDS as HOUSEHOLD_WORDS } from "../../words/console-households.js";
import { WORDS as REGISTRY_WORDS } from "../../words/console-registry.js";
import { thing, Told, toldLine } from "../facts.js";
import { exported, Filters, Heading, Nothing, Table } from "../parts.js";

addWords(WORDS);
addWords(ACTION_WORDS);
// Kinds of sheets, consents and changes.
addWords(HOUSEHOLD_WORDS);
addWords(REGISTRY_WORDS);

/** A word that narrows the list to what has the same. */
const narrowing = (query, name, value, words = value) => html`<a class="tap" href=${`#${address("/audit", { ...query, [name]: value })}`}>${words}</a>`;

const who = ({ username, actor }) => username ?? thing(actor);

const columns = (query) => [
  { key: "at", name: t("time"), kind: "time" },
  { key: "who", name: t("audit.actor"), value: who, show: (one) => narrowing(query, "actor", one.username ?? one.actor, who(one)) },
  { key: "action", name: t("audit.action"), value: ({ action }) => t(`action.${action}`), show: ({ action }) => html`<span class="sentence">${t(`action.${action}`)}</span>` },
  { key: "subject", name: t("audit.subject"), show: ({ subject, names }) => narrowing(query, "subject", subject, thing(subject, names)) },
  { key: "facts", name: t("audit.facts"), value: ({ facts, names }) => toldLine(facts, names), show: ({ facts, names }) => html`<${Told} facts=${facts} names=${names} />` },
  { key: "address", name: t("audit.address") },
  { key: "sealed_at_position", name: t("audit.sealed"), kind: "count" },
];

export default function Audit({ query }) {
  const asked = { actor: query.actor, action: query.action, subject: query.subject, from: query.from, to: query.to };
  const from = useList("/officer/audit", { ...asked, limit: 50 });
  return html`<div class="stack"><${Heading} title=${t("audit")} lead=${t("audit.lead")} />
    <${Filters} query=${query} fields=${[
    { name: "action", kind: "choice", label: t("audit.action"), options: [["", t("all")], ...ACTIONS.map((one) => [one, t(`action.${one}`)])] },
    { name: "actor", label: t("audit.actor"), hint: t("audit.actor.hint"), max: 91, autocomplete: "off" },
    { name: "subject", label: t("audit.subject"), hint: t("audit.subject.hint"), max: 91, autocomplete: "off" },
    { name: "from", kind: "day", label: t("from"), min: "2020-01-01" }, { name: "to", kind: "day", label: t("to"), min: "2020-01-01" },
  ]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("audit.none")} hint=${t("audit.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("audit.entries")} rows=${items} columns=${columns(query)} exports=${[exported("CSV", address("/officer/audit.csv", asked))]} />`}<//></div>`;
}
