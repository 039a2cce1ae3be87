// What a household's figures are made of: its postings, with what each adds to them.
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { at, HouseholdFrame } from "../household-frame.js";
import { Filters, Nothing, Table } from "../parts.js";

const money = (key, words) => ({ key, name: t(words), unit: t("yuan"), kind: "money" });
const columns = () => [
  { key: "id", name: t("posting.number") },
  { key: "at", name: t("time"), kind: "time" },
  { key: "event", name: t("posting.event"), value: ({ event }) => t(`event.${event}`) },
  money("amount_fen", "amount"), money("earned_fen", "posting.earned"), money("released_fen", "posting.released"), money("paid_fen", "posting.paid"),
  { key: "trees", name: t("trees"), kind: "count" },
  { key: "sink_g", name: t("sink"), unit: t("kg"), kind: "kilograms" },
  { key: "order", name: t("order") }, { key: "certificate", name: t("certificate") }, { key: "reference", name: t("posting.reference") },
  { key: "source", name: t("posting.source") }, { key: "destination", name: t("posting.destination") },
];

function Postings({ id, query }) {
  const from = useList(at(id, "/postings"), { from: query.from, to: query.to, limit: 100 });
  return html`<${Filters} query=${query} fields=${[{ name: "from", kind: "day", label: t("from"), min: "2018-01-01" }, { name: "to", kind: "day", label: t("to"), min: "2018-01-01" }]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("posting.none")} hint=${t("posting.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("part.postings")} rows=${items} from=${from} columns=${columns()} file=${`postings-${id}`} />`}<//>`;
}

export default ({ id, query }) => html`<${HouseholdFrame} id=${id}>${() => html`<${Postings} id=${id} query=${query} />`}<//>`;
