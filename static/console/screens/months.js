// The months of the book that have been closed, and the way to any other.
import { useList } from "../../shared/calls.js";
import { Empty, Listed } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-control.js";
import { Form, Heading, Table } from "../parts.js";

addWords(WORDS);

const thisMonth = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 7);

export default function Months() {
  const from = useList("/officer/months");
  return html`<div class="stack"><${Heading} title=${t("months")} lead=${t("months.lead")} />
    <div class="card narrow no-print"><${Form} label=${t("month.show")} kind="" fields=${[{ name: "month", kind: "month", label: t("month.any"), hint: t("month.any.hint"), value: thisMonth(), placeholder: "2026-11", pattern: "\\d{4}-\\d{2}" }]} act=${async ({ month }) => go(`/months/${month}`)} /></div>
    <${Listed} from=${from} empty=${html`<${Empty} title=${t("months.none")} hint=${t("months.none.hint")} />`}>
      ${(items) => html`<${Table} caption=${t("months.closed")} rows=${items} from=${from} link=${({ month }) => `#/months/${month}`} file="danzhu-months"
        columns=${[{ key: "month", name: t("month") }, { key: "closed_at", name: t("month.closed_at"), kind: "time" }, { key: "sha256", name: "SHA-256", show: ({ sha256 }) => html`<code>${sha256.slice(0, 16)}…</code>` }]} />`}<//></div>`;
}
