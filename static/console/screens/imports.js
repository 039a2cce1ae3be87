// The sheets of the officer's division, newest first, and bringing in another.
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Filters, Heading, Nothing, Table } from "../parts.js";
import { COLUMNS, SheetState, UploadButton } from "../sheets.js";

const columns = () => [
  { key: "file_name", name: t("import.file") },
  { key: "kind", name: t("import.kind"), value: ({ kind }) => t(`import.kind.${kind}`) },
  { key: "state", name: t("state"), value: ({ state }) => t(`import.${state}`), show: ({ state }) => html`<${SheetState} state=${state} />` },
  { key: "rows", name: t("import.rows"), kind: "count" },
  { key: "added", name: t("import.added"), kind: "count" },
  { key: "problems", name: t("import.problems"), kind: "count" },
  { key: "officer", name: t("import.by"), value: ({ officer }) => officer ?? t("import.command") },
  { key: "created_at", name: t("import.uploaded"), kind: "time" },
  { key: "accepted_at", name: t("import.accepted"), kind: "time" },
];

export default function Imports({ query }) {
  const from = useList("/officer/imports", { kind: query.kind, limit: 50 });
  return html`<div class="stack"><${Heading} title=${t("nav.imports")} lead=${t("import.lead")}><${UploadButton} /><//>
    <${Filters} query=${query} fields=${[{ name: "kind", kind: "choice", label: t("import.kind"), options: [["", t("import.kind.all")], ...Object.keys(COLUMNS).map((kind) => [kind, t(`import.kind.${kind}`)])] }]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("import.none")} hint=${t("import.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("nav.imports")} rows=${items} from=${from} columns=${columns()} link=${({ id }) => `#/imports/${id}`} file="danzhu-imports" />`}
    <//></div>`;
}
