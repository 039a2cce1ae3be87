// How long money has been payable and not paid, whose it is, and which released batches the bank says nothing about.
import { address } from "../../shared/api.js";
import { useAnswer, useList } from "../../shared/calls.js";
import { time } from "../../shared/format.js";
import { Listed, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { exported, Filters, Heading, may, Nothing, Table } from "../parts.js";
import { BATCH } from "../payouts.js";

const AGEING = "/officer/payouts/ageing";
const amount = () => ({ key: "amount_fen", name: t("amount"), unit: t("yuan"), kind: "money" });
const households = () => ({ key: "households", name: t("households"), kind: "count" });
const days = () => ({ key: "days", name: t("ageing.days"), kind: "count" });

const spanOf = (rows) => rows.map((one, n) => ({ ...one, span: rows[n + 1] ? t("ageing.between", { from: one.from_days, to: rows[n + 1].from_days - 1 }) : t("ageing.over", { from: one.from_days }) }));

const Silent = ({ rows }) => (rows.length ? html`<${Table} caption=${t("ageing.silent")} rows=${rows} file="danzhu-batches-without-news" link=${({ id }) => may(`GET ${BATCH}`) && `#/payouts/${id}`} columns=${[
  { key: "number", name: t("batch") }, { key: "place", name: t("place") }, { key: "channel", name: t("batch.channel"), value: ({ channel }) => t(`batch.channel.${channel}`) },
  { key: "released_at", name: t("batch.released_at"), kind: "time" }, days(), households(), amount(),
]} />` : html`<p class="card soft">${t("ageing.silent.none")}</p>`);

export default function Ageing({ query }) {
  const asked = { region: query.region, min_days: query.min_days };
  const whole = useAnswer(address(AGEING, { ...asked, limit: 1 }));
  const from = useList(AGEING, { ...asked, limit: 50 });
  return html`<div class="stack"><${Heading} title=${t("ageing")} back=${[t("payouts"), "/payouts"]} lead=${whole.answer && t("ageing.lead", { time: time(whole.answer.as_of) })} />
    <${Filters} query=${query} fields=${[
    { name: "region", kind: "region", label: t("region") },
    { name: "min_days", kind: "choice", label: t("ageing.min_days"), options: [["", t("ageing.least", { days: 30 })], ...[0, 60, 90].map((least) => [String(least), t("ageing.least", { days: least })])] },
  ]} />
    <${Loaded} from=${whole}>${({ buckets, without_news: silent }) => html`
      <${Table} caption=${t("ageing.buckets")} rows=${spanOf(buckets)} file="danzhu-ageing" columns=${[{ key: "span", name: t("ageing.days") }, households(), amount()]} />
      <${Silent} rows=${silent} />`}<//>
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("ageing.none")} hint=${t("ageing.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("ageing.whose")} rows=${items} exports=${[exported("CSV", address(`${AGEING}.csv`, asked))]} link=${({ public_id: id }) => may("GET /officer/households/{public_id}") && `#/households/${id}`}
        columns=${[{ key: "household_number", name: t("batch.household"), kind: "number" }, { key: "name", name: t("batch.payee") }, { key: "place", name: t("place") }, { key: "payable_since", name: t("ageing.since"), kind: "time" }, days(), amount()]} />`}<//></div>`;
}
