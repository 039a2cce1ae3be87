// Which measurements of which division and year may be sold: drafts that wait, approvals, and what was withdrawn.
import { call } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Act, Filters, Heading, may, Nothing, Table, useOfficer } from "../parts.js";
import { chosen, regionAndYear, thisYear } from "../region-year.js";
import { VerificationState } from "../verification-state.js";

const columns = () => [
  { key: "place", name: t("region"), kind: "wide", value: ({ region }) => region.path },
  { key: "year", name: t("verification.year") },
  { key: "state", name: t("state"), value: ({ state }) => t(`verification.${state}`), show: ({ state }) => html`<${VerificationState} state=${state} />` },
  { key: "units", name: t("verification.units"), kind: "count" },
  { key: "buffer_units", name: t("verification.buffer"), kind: "count" },
  { key: "price_fen", name: t("verification.price"), unit: t("yuan"), kind: "money" },
  { key: "verifier", name: t("verification.verifier") },
  { key: "created_at", name: t("verification.created"), kind: "time" },
  { key: "approved_at", name: t("verification.approved"), kind: "time" },
];

export default function Verifications({ query }) {
  const { who } = useOfficer();
  const from = useList("/officer/verifications", { region: query.region, year: query.year, limit: 50 });
  const draft = (given) => call("POST", "/officer/verifications", { body: chosen(given, who) });
  return html`<div class="stack"><${Heading} title=${t("nav.verifications")} lead=${t("verification.lead")}>
      ${may("POST /officer/verifications") && html`<${Act} words=${t("verification.draft.new")} kind="primary" fields=${regionAndYear(thisYear())} act=${draft} onDone=${({ id }) => go(`/verifications/${id}`)}>
        <p>${t("verification.draft.about", { region: who?.region.name })}</p><//>`}<//>
    <${Filters} query=${query} fields=${[
    { name: "region", kind: "region", label: t("region") },
    { name: "year", kind: "number", label: t("verification.year"), min: 2000, max: 2100 },
  ]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("verification.none")} hint=${t("verification.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("nav.verifications")} rows=${items} from=${from} columns=${columns()} link=${({ id }) => `#/verifications/${id}`} file="danzhu-verifications" />`}
    <//></div>`;
}
