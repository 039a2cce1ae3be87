// A return file of the bank, row by row: what was booked, and what was refused and why.
import { useAnswer, useList } from "../../shared/calls.js";
import { count, time } from "../../shared/format.js";
import { Empty, Listed, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Badge, Figures, Filters, Heading, Table } from "../parts.js";
import { bringer } from "../payout-papers.js";
import { batchAt } from "../payouts.js";

const KIND = { paid: "good", bounced: "bad", returned: "bad", refused: "warn" };
const OUTCOMES = ["paid", "bounced", "returned", "unchanged", "refused"];

const why = ({ reason, bounce_reason: bounced }) => reason ?? (bounced && t(`bounce.${bounced}`));

const columns = () => [
  { key: "row", name: t("return.row"), kind: "count" },
  { key: "outcome", name: t("return.outcome"), value: ({ outcome }) => t(`outcome.${outcome}`), show: ({ outcome }) => html`<${Badge} kind=${KIND[outcome]}>${t(`outcome.${outcome}`)}<//>` },
  { key: "reference", name: t("batch.reference") },
  { key: "why", name: t("batch.why"), value: why, show: (row) => (why(row) ? html`<span class="sentence">${why(row)}</span>` : "—") },
  { key: "column", name: t("return.column") }, { key: "value", name: t("return.value") },
];

function Rows({ id, file, refused, query }) {
  const at = batchAt(id, `/returns/${file}`);
  const from = useList(`${at}/rows`, { outcome: query.outcome, limit: 50 });
  return html`<${Filters} query=${query} fields=${[{ name: "outcome", kind: "choice", label: t("return.outcome"), options: [["", t("all")], ...[...OUTCOMES, "remark"].map((one) => [one, t(`outcome.${one}`)])] }]} />
    <${Listed} from=${from} empty=${html`<${Empty} title=${t("return.no_rows")} hint=${t("return.no_rows.hint")} />`}>
      ${(items) => html`<${Table} caption=${t("return.rows")} rows=${items} from=${from} columns=${columns()} file=${`danzhu-return-${file}`} exports=${refused > 0 ? [[t("return.refused_file"), `${at}/refused.csv`]] : []} />`}<//>`;
}

export default function PayoutReturn({ id, file, query }) {
  const batch = useAnswer(batchAt(id));
  const from = useAnswer(batchAt(id, `/returns/${file}`));
  return html`<div class="stack">
    <${Heading} title=${t("return.title")} back=${[`${t("batch")} ${batch.answer?.number ?? ""}`, `/payouts/${id}`]} lead=${from.answer && t("return.lead", { name: bringer(from.answer.brought_by), time: time(from.answer.brought_at) })} />
    <${Loaded} from=${from}>${(one) => html`<${Figures} figures=${OUTCOMES.map((outcome) => [t(`outcome.${outcome}`), count(one[outcome])])} />
      ${one.refused > 0 && html`<p class="notice warn">${t("return.refused.about", { count: one.refused })}</p>`}
      <p class="small soft">SHA-256 <code>${one.sha256}</code></p>
      <${Rows} id=${id} file=${file} refused=${one.refused} query=${query} />`}<//></div>`;
}
