// Whom a batch pays, masked, with what became of each payment; and whom it left out, and why.
import { useList } from "../shared/calls.js";
import { Empty, Listed } from "../shared/parts.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { DownloadButton, may, Table } from "./parts.js";
import { BATCH, batchAt, LineState } from "./payouts.js";

const why = ({ bounce_reason: bounced, withdrawn_for: withdrawn }) => (bounced ? t(`bounce.${bounced}`) : withdrawn ? t(`left_out.${withdrawn}`) : null);
const known = ({ public_id: id }) => (may("GET /officer/households/{public_id}") ? `#/households/${id}` : null);

const household = () => [
  { key: "household_number", name: t("batch.household"), kind: "number" }, { key: "name", name: t("batch.payee") },
  { key: "amount_fen", name: t("amount"), unit: t("yuan"), kind: "money" },
];

const RELEASED = ["released", "settled"];

/** What became of a payment is known from its release on; one that was set aside before says why. */
const lineColumns = ({ id, state: reached }) => [
  ...household(),
  { key: "state", name: t("state"), value: ({ state }) => t(`payout_line.${state}`), show: ({ state }) => html`<${LineState} state=${state} />` },
  ...(reached === "draft" ? [] : [{ key: "why", name: t("batch.why"), value: why }]),
  { key: "bank", name: t("batch.bank") }, { key: "account", name: t("batch.account") }, { key: "place", name: t("place") },
  ...(RELEASED.includes(reached) ? ["sent_at", "paid_at", "failed_at"].map((key) => ({ key, name: t(`batch.${key}`), kind: "time" })) : []),
  { key: "reference", name: t("batch.reference"), show: ({ reference, state }) => html`<span class="nowrap">${reference}</span>${state === "paid" && may(`GET ${BATCH}/receipts/{reference}.pdf`)
    && html`<${DownloadButton} kind="quiet" path=${batchAt(id, `/receipts/${reference}.pdf`)}>${t("paper.receipt")}<//>`}` },
];

export function Lines({ batch }) {
  const from = useList(batchAt(batch.id, "/lines"), { limit: 50 });
  return html`<section class="stack tight"><${Listed} from=${from} empty=${html`<${Empty} title=${t("batch.no_lines")} hint=${t("batch.no_lines.hint")} />`}>
    ${(items) => html`<${Table} caption=${t("batch.lines")} rows=${items} from=${from} columns=${lineColumns(batch)} link=${known} file=${`danzhu-lines-${batch.number}`} />`}<//></section>`;
}

export function LeftOut({ batch }) {
  const from = useList(batchAt(batch.id, "/left-out"), { limit: 50 });
  const columns = [...household(), { key: "reason", name: t("batch.why"), value: ({ reason }) => t(`left_out.${reason}`) }, { key: "place", name: t("place") }];
  return html`<section class="stack tight"><${Listed} from=${from} empty=${html`<p class="card soft">${t("left_out.none")}</p>`}>
    ${(items) => html`<${Table} caption=${t("left_out")} rows=${items} from=${from} columns=${columns} link=${known} file=${`danzhu-left-out-${batch.number}`} />`}<//></section>`;
}
