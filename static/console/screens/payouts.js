// The payout batches of the officer's division, and drafting another one.
import { call } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Act, Filters, Heading, may, me, Nothing, Table } from "../parts.js";
import { BATCH_STATES, BATCHES, BatchState, fenOf, useOnce } from "../payouts.js";

const today = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10); // in Asia/Shanghai

const columns = () => [
  { key: "number", name: t("batch") },
  { key: "state", name: t("state"), value: ({ state }) => t(`batch.${state}`), show: ({ state }) => html`<${BatchState} state=${state} />` },
  { key: "place", name: t("place"), value: ({ region }) => region.path, show: ({ region }) => html`<span class="sentence">${region.path}</span>` },
  { key: "channel", name: t("batch.channel"), value: ({ channel }) => t(`batch.channel.${channel}`) },
  { key: "households", name: t("households"), kind: "count" },
  { key: "amount_fen", name: t("amount"), unit: t("yuan"), kind: "money" },
  { key: "maker", name: t("batch.maker"), value: ({ maker }) => maker?.display_name, show: ({ maker }) => html`<span class="sentence">${maker?.display_name ?? "—"}</span>` },
  { key: "drafted_at", name: t("batch.drafted_at"), kind: "time" },
  { key: "released_at", name: t("batch.released_at"), kind: "time" },
  { key: "ended_at", name: t("batch.ended_at"), kind: "time" },
];

function Draft() {
  const own = me().region;
  const draft = useOnce((body, key) => call("POST", BATCHES, { body, key }));
  const act = ({ region, threshold, ...given }) => draft({ ...given, region: region || own.code, threshold_fen: fenOf(threshold) });
  return html`<${Act} words=${t("batch.draft_new")} kind="primary" act=${act} onDone=${({ id }) => go(`/payouts/${id}`)} fields=${[
    { name: "region", kind: "region", label: t("region") },
    { name: "up_to", kind: "day", label: t("batch.up_to"), hint: t("batch.up_to.hint"), value: today(), max: today() },
    { name: "threshold", label: t("batch.threshold"), hint: t("batch.threshold.hint"), inputmode: "decimal", autocomplete: "off", value: "10.00", max: 16 },
    { name: "channel", kind: "choice", label: t("batch.channel"), options: ["bank", "wechat"].map((one) => [one, t(`batch.channel.${one}`)]) },
    { name: "year_end", kind: "flag", label: t("batch.year_end"), hint: t("batch.year_end.hint") },
  ]}><p>${t("batch.draft_new.about", { region: own.name })}</p><//>`;
}

export default function Payouts({ query }) {
  const from = useList(BATCHES, { region: query.region, state: query.state, limit: 50 });
  return html`<div class="stack"><${Heading} title=${t("payouts")} lead=${t("payouts.lead")}>
      ${may("GET /officer/payouts/ageing") && html`<a class="button" href="#/payouts/ageing">${t("ageing")}</a>`}
      ${may(`POST ${BATCHES}`) && html`<${Draft} />`}<//>
    <${Filters} query=${query} fields=${[
    { name: "state", kind: "choice", label: t("state"), options: [["", t("all")], ...BATCH_STATES.map((one) => [one, t(`batch.${one}`)])] },
    { name: "region", kind: "region", label: t("region") },
  ]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("payouts.none")} hint=${t("payouts.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("payouts")} rows=${items} from=${from} columns=${columns()} link=${({ id }) => `#/payouts/${id}`} file="danzhu-payout-batches" />`}
    <//></div>`;
}
