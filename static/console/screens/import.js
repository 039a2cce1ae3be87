// One sheet: how far its check is, what is wrong with it cell by cell, what it would bring each village, and taking that in.
import { call } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { count } from "../../shared/format.js";
import { Listed, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Act, Badge, Figures, Heading, may, Progress, Steps, Table, useOfficer, useWatched } from "../parts.js";
import { SheetState, UploadButton } from "../sheets.js";

const IMPORT = "/officer/imports/{import_id}";
const OVER = ["refused", "discarded"];
const VILLAGE = { ready: "warn", blocked: "bad", accepted: "good" };

/** Uploaded, checked, accepted: through whose hands. */
function way({ state, officer, created_at: created, accepted_at: accepted, problems }) {
  const checked = { checking: "now", refused: "bad" }[state] ?? "done";
  return [
    { title: t("import.uploaded"), state: "done", by: officer ?? t("import.command"), at: created },
    { title: t("import.step.checked"), state: checked, note: state === "checking" || !problems ? null : t("import.step.problems", { count: count(problems) }) },
    state === "discarded"
      ? { title: t("import.discarded"), state: "bad" }
      : { title: t(state === "accepted" ? "import.accepted" : "import.accept"), state: state === "accepted" ? "done" : state === "checked" ? "now" : "later", at: accepted },
  ];
}

const said = (state, { problems, villages, kind }) => ({
  checking: null,
  refused: ["bad", t("import.said.refused")],
  discarded: ["warn", t("import.said.discarded")],
  accepted: ["good", t(kind === "accounts" ? "import.said.accounts" : "import.said.accepted")],
  checked: problems ? ["warn", t("import.said.partly", { count: count(villages.filter(({ state: one }) => one === "blocked").length) })] : ["good", t("import.said.good")],
}[state]);

const problemColumns = () => [
  { key: "row", name: t("problem.row"), kind: "count", value: ({ row }) => row || t("problem.file") },
  { key: "column", name: t("problem.column") },
  { key: "reason", name: t("problem.reason"), show: ({ reason }) => html`<span class="sentence">${reason}</span>` },
  { key: "value", name: t("problem.value") },
  { key: "blocks", name: t("problem.kind"), value: ({ blocks }) => t(blocks ? "problem.blocks" : "problem.remark"),
    show: ({ blocks }) => html`<${Badge} kind=${blocks ? "bad" : "warn"}>${t(blocks ? "problem.blocks" : "problem.remark")}<//>` },
];

function Problems({ id }) {
  const from = useList(`/officer/imports/${id}/problems`, { limit: 50 });
  return html`<${Listed} from=${from} empty=${html`<p class="soft">${t("problem.gone")}</p>`}>
    ${(items) => html`<${Table} caption=${t("problem.title")} rows=${items} columns=${problemColumns()} exports=${[[t("problem.csv"), `/officer/imports/${id}/problems.csv`]]} />`}<//>`;
}

function Villages({ sheet, accept, open }) {
  const columns = [
    { key: "name", name: t("region.level.4"), kind: "wide", value: ({ name, code }) => name ?? code },
    { key: "code", name: t("import.village_code") },
    { key: "state", name: t("state"), value: ({ state }) => t(`village.${state}`), show: ({ state }) => html`<${Badge} kind=${VILLAGE[state]}>${t(`village.${state}`)}<//>` },
    { key: "rows", name: t("import.rows"), kind: "count" },
    { key: "added", name: t("import.added"), kind: "count" },
    { key: "unchanged", name: t("import.unchanged"), kind: "count" },
    { key: "accepted_at", name: t("import.accepted"), kind: "time" },
    ...(open ? [{ key: "act", name: t("import.accept"), value: () => "", show: (one) => one.state === "ready" && html`<${Act} key=${one.code} words=${t("import.accept.village")}
      title=${t("import.accept.title", { village: one.name ?? one.code })} act=${() => accept(one.code)} done=${t("import.accept.done")}>
        <p>${t("import.accept.about", { added: count(one.added), unchanged: count(one.unchanged) })}</p><//>` }] : []),
  ];
  return html`<${Table} caption=${t("import.villages")} rows=${sheet.villages} columns=${columns} file=${`import-${sheet.id}`} />`;
}

function OneSheet({ sheet, again }) {
  const { who } = useOfficer();
  const mine = who?.sheets.includes(sheet.kind);
  const open = sheet.state === "checked" && mine && may(`POST ${IMPORT}/accept`);
  const ready = sheet.villages.filter(({ state }) => state === "ready");
  const act = async (verb, body) => {
    try {
      await call("POST", `/officer/imports/${sheet.id}/${verb}`, { body });
    } finally {
      again();
    }
  };
  const accept = (region) => act("accept", { region });
  const added = ready.reduce((sum, one) => sum + one.added, 0);
  const unchanged = ready.reduce((sum, one) => sum + one.unchanged, 0);
  const notice = said(sheet.state, sheet);
  const faulty = sheet.problems + sheet.warnings > 0;
  return html`<${Heading} title=${sheet.file_name} back=${[t("nav.imports"), "/imports"]} lead=${t(`import.kind.${sheet.kind}`)}>
      <${SheetState} state=${sheet.state} />
      ${open && ready.length > 0 && html`<${Act} words=${t("import.accept.all", { count: count(ready.length) })} title=${t("import.accept.all", { count: count(ready.length) })} kind="primary" act=${() => accept(null)} done=${t("import.accept.done")}>
        <p>${t("import.accept.about", { added: count(added), unchanged: count(unchanged) })}</p><//>`}
      ${mine && ["checking", "checked"].includes(sheet.state) && may(`POST ${IMPORT}/discard`) && html`<${Act} words=${t("import.discard")} danger act=${() => act("discard")} done=${t("import.discarded")}><p>${t("import.discard.about")}</p><//>`}
    <//>
    ${sheet.state === "checking" && html`<div class="card stack tight"><${Progress} label=${t("import.checking.label")} done=${sheet.rows_read} of=${sheet.rows_expected} /><p class="small soft">${t("import.checking.about")}</p></div>`}
    ${notice && html`<div class=${`notice ${notice[0]} stack tight`}><p>${notice[1]}</p>
      ${sheet.state === "accepted" && sheet.kind === "accounts" && may("GET /officer/accounts") && html`<p><a class="tap" href=${`#/accounts?import_id=${sheet.id}`}>${t("nav.accounts")} ›</a></p>`}
      ${(OVER.includes(sheet.state) || sheet.problems > 0) && html`<p><${UploadButton} kind=${sheet.kind} words=${t("import.again")} primary=${sheet.state !== "checked"} /></p>`}
    </div>`}
    <${Figures} figures=${[[t("import.rows"), count(sheet.rows)], [t(sheet.state === "accepted" ? "import.added.done" : "import.added"), count(sheet.added)], [t("import.unchanged"), count(sheet.unchanged)], [t("import.problems"), count(sheet.problems)], [t("import.warnings"), count(sheet.warnings)]]} />
    ${sheet.state !== "checking" && faulty && html`<${Problems} key=${sheet.state} id=${sheet.id} />`}
    ${sheet.villages.length > 0 && html`<${Villages} sheet=${sheet} accept=${accept} open=${open} />`}
    <section class="card stack"><h2>${t("import.way")}</h2><${Steps} steps=${way(sheet)} />
      <p class="small soft">SHA-256 <span class="number">${sheet.sha256}</span></p></section>`;
}

export default function Import({ id }) {
  const from = useWatched(`/officer/imports/${encodeURIComponent(id)}`, ({ state }) => state === "checking");
  return html`<div class="stack"><${Loaded} from=${from}>${(sheet) => html`<${OneSheet} sheet=${sheet} again=${from.again} />`}<//></div>`;
}
