// What went wrong with money or the outside and waits for a person.
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-control.js";
import { thing } from "../facts.js";
import { Filters, Heading, may, Nothing, Table } from "../parts.js";
import { IncidentState } from "../incident-state.js";

addWords(WORDS);

const columns = () => [
  { key: "title", name: t("incident"), show: ({ title }) => html`<span class="titled">${title}</span>` },
  { key: "state", name: t("state"), value: ({ state }) => t(`incident.${state}`), show: ({ state }) => html`<${IncidentState} state=${state} />` },
  { key: "subject", name: t("audit.subject"), value: ({ subject }) => thing(subject) },
  { key: "owner", name: t("incident.owner") },
  { key: "age_days", name: t("incident.age"), kind: "count" },
  { key: "seen", name: t("incident.seen"), kind: "count" },
  { key: "first_seen_at", name: t("incident.first_seen"), kind: "time" }, { key: "last_seen_at", name: t("incident.last_seen"), kind: "time" },
  { key: "id", name: t("incident.number") },
];

export default function Incidents({ query }) {
  const from = useList("/officer/incidents", { state: query.state, limit: 50 });
  return html`<div class="stack"><${Heading} title=${t("incidents")} lead=${t("incidents.lead")}>
      ${may("GET /officer/reconciliations/{day}") && html`<a class="button" href="#/reconciliations">${t("reconciliations")}</a>`}<//>
    <${Filters} query=${query} fields=${[{ name: "state", kind: "choice", label: t("state"), options: [["", t("incident.unresolved")], ...["open", "proposed", "resolved"].map((one) => [one, t(`incident.${one}`)])] }]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("incidents.none")} hint=${t("incidents.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("incidents")} rows=${items} from=${from} columns=${columns()} link=${({ id }) => `#/incidents/${id}`} file="danzhu-incidents" />`}<//></div>`;
}
