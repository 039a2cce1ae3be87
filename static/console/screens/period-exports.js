// A period in full, names and numbers included: asked for by one officer, granted by another, taken once.
import { call } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { day, time } from "../../shared/format.js";
import { Empty, Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-control.js";
import { Division } from "../division.js";
import { Act, Badge, DownloadButton, Heading, may, Table } from "../parts.js";

addWords(WORDS);

const EXPORTS = "/officer/period-exports";
const ONE = `${EXPORTS}/{export_id}`;
const KIND = { requested: "warn", granted: "good", refused: "bad" };

function Decide({ one, again }) {
  const decide = (verdict) => async () => { await call("POST", `${EXPORTS}/${one.id}/${verdict}`); again(); };
  const sum = { name: one.requested_by, from: day(one.from), to: day(one.to) };
  return html`<div class="row no-print">
    ${one.state === "requested" && may(`POST ${ONE}/grant`) && html`<${Act} words=${t("export.grant")} kind="primary" act=${decide("grant")} done=${t("export.grant.done")}><p>${t("export.grant.about", sum)}</p><p>${one.reason}</p><//>`}
    ${one.state === "requested" && may(`POST ${ONE}/refuse`) && html`<${Act} words=${t("export.refuse")} danger act=${decide("refuse")} done=${t("export.refuse.done")}><p>${t("export.refuse.about")}</p><//>`}
    ${one.state === "granted" && may(`POST ${ONE}/file.csv`) && html`<${DownloadButton} method="POST" kind="primary" path=${`${EXPORTS}/${one.id}/file.csv`} onDone=${again}>${t("export.take")}<//>`}
  </div>`;
}

const columns = (again) => [
  { key: "period", name: t("export.period"), value: ({ from, to }) => `${from} – ${to}`, show: ({ from, to }) => html`<span class="nowrap">${day(from)} –</span> <span class="nowrap">${day(to)}</span>` },
  { key: "state", name: t("state"), value: ({ state }) => t(`export.${state}`), show: (one) => html`<${Badge} kind=${KIND[one.state]}>${t(`export.${one.state}`)}<//><${Decide} one=${one} again=${again} />` },
  { key: "region", name: t("region"), show: ({ region }) => html`<${Division} code=${region} />` }, { key: "reason", name: t("reason"), show: ({ reason }) => html`<span class="sentence">${reason}</span>` },
  { key: "requested_by", name: t("export.requested_by") }, { key: "requested_at", name: t("export.requested_at"), kind: "time" },
  { key: "decided_by", name: t("export.decided_by") }, { key: "decided_at", name: t("export.decided_at"), kind: "time" },
  { key: "expires_at", name: t("export.expires_at"), kind: "time" }, { key: "taken_at", name: t("export.taken_at"), kind: "time" },
];

export default function PeriodExports() {
  const from = useList(EXPORTS);
  const ask = async ({ region, ...given }) => { await call("POST", EXPORTS, { body: { ...given, ...(region && { region }) } }); from.again(); };
  return html`<div class="stack"><${Heading} title=${t("exports")} lead=${t("exports.lead")}>
      ${may(`POST ${EXPORTS}`) && html`<${Act} words=${t("export.ask")} kind="primary" act=${ask} done=${t("export.ask.done")} fields=${[
    { name: "region", kind: "region", label: t("region") }, { name: "from", kind: "day", label: t("from") }, { name: "to", kind: "day", label: t("to") },
    { name: "reason", kind: "long", label: t("reason"), hint: t("export.reason.hint"), min: 8, max: 200 },
  ]}><p>${t("export.ask.about")}</p><//>`}<//>
    <${Listed} from=${from} empty=${html`<${Empty} title=${t("exports.none")} hint=${t("exports.none.hint")} />`}>
      ${(items) => html`<${Table} caption=${t("exports")} rows=${items} from=${from} columns=${columns(from.again)} file="danzhu-period-exports" />`}<//></div>`;
}
