// The households of the officer's division, masked: found by number, full name or identity number, in the order asked for.
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-households.js";
import { amend, Filters, Heading, may, Nothing, Table } from "../parts.js";

addWords(WORDS);

const columns = (earnings) => [
  { key: "number", name: t("household.number"), kind: "number", sort: "number" },
  { key: "name", name: t("household.name") },
  { key: "place", name: t("place"), kind: "wide", value: ({ region }) => region.path },
  { key: "people", name: t("people"), kind: "count" },
  { key: "trees", name: t("trees"), kind: "count" },
  ...(earnings ? [
    { key: "trees_sold", name: t("trees_sold"), kind: "count", sort: "trees_sold" },
    { key: "earned_fen", name: t("earned"), unit: t("yuan"), kind: "money", sort: "earned" },
    { key: "paid_fen", name: t("paid"), unit: t("yuan"), kind: "money", sort: "paid" },
    { key: "in_transit_fen", name: t("in_transit"), unit: t("yuan"), kind: "money" },
    { key: "balance_fen", name: t("balance"), unit: t("yuan"), kind: "money", sort: "balance" },
  ] : []),
];

export default function Households({ query }) {
  const earnings = may("GET /officer/income");
  const sort = query.sort ?? "number";
  const from = useList("/officer/households", { region: query.region, q: query.q, sort, never_paid: query.never_paid, limit: 50 });
  return html`<div class="stack"><${Heading} title=${t("households")} />
    <${Filters} query=${query} fields=${[
    { name: "q", label: t("household.search"), hint: t("household.search.hint"), max: 50, autocomplete: "off" },
    { name: "region", kind: "region", label: t("region") },
    ...(earnings ? [{ name: "never_paid", kind: "flag", label: t("household.never_paid") }] : []),
  ]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("household.none")} hint=${t("household.none.hint")} filtered=${query.q && t("household.none.search")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("households")} rows=${items} from=${from} columns=${columns(earnings)} link=${({ public_id: id }) => `#/households/${id}`}
        sort=${sort} onSort=${(wanted) => amend({ sort: wanted })} file="danzhu-households" />`}
    <//></div>`;
}
