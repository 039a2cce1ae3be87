// The papers of a batch: its public notice, the bank file, the sheets that are signed, and what the bank has answered.
import { call } from "../shared/api.js";
import { useList } from "../shared/calls.js";
import { Button, Empty, Listed, Sheet } from "../shared/parts.js";
import { go } from "../shared/router.js";
import { html, useState } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Act, DownloadButton, may, Table } from "./parts.js";
import { BATCH, batchAt, isMine } from "./payouts.js";

const AFTER_APPROVAL = ["approved", "released", "settled"];
const RELEASED = ["released", "settled"];
/** States of lines after the bank file was first taken. */
const SENT = ["sent", "paid", "bounced", "returned"];

/** The bank file; a bank that is given it twice may pay twice, so a second one is asked about first. */
function BankFile({ batch, again }) {
  const [asked, setAsked] = useState(false);
  const path = batchAt(batch.id, "/file.csv");
  const taken = SENT.some((state) => batch.lines[state]?.households > 0);
  if (!taken) return html`<${DownloadButton} path=${path} kind="primary" onDone=${again}>${t("paper.file")}<//>`;
  return html`<${Button} onClick=${() => setAsked(true)}>${t("paper.file")}<//>
    ${asked && html`<${Sheet} title=${t("paper.file.again")} onClose=${() => setAsked(false)}><div class="stack">
      <p class="notice warn">${t("paper.file.warning")}</p>
      <${DownloadButton} path=${path} kind="danger" onDone=${() => setAsked(false)}>${t("paper.file.take")}<//>
    </div><//>`}`;
}

export function Papers({ batch, again }) {
  const { id, state } = batch;
  const open = (part) => may(`GET ${BATCH}/${part}`);
  const papers = [
    batch.submitted_at && open("notice.pdf") && html`<${DownloadButton} path=${batchAt(id, "/notice.pdf")}>${t("paper.notice")}<//>`,
    RELEASED.includes(state) && batch.channel === "bank" && open("file.csv") && html`<${BankFile} batch=${batch} again=${again} />`,
    AFTER_APPROVAL.includes(state) && open("sign-off.pdf") && html`<${DownloadButton} path=${batchAt(id, "/sign-off.pdf")}>${t("paper.sign_off")}<//>
      <${DownloadButton} path=${batchAt(id, "/sign-off.pdf?all=true")}>${t("paper.sign_off.all")}<//>`,
  ].filter(Boolean);
  return papers.length > 0 && html`<section class="card stack tight no-print"><h2>${t("papers")}</h2><div class="row">${papers}</div></section>`;
}

/** Who brought a return file, in words. */
export const bringer = (by) => (by === "command" ? t("return.by_command") : by);

const outcome = (key) => ({ key, name: t(`outcome.${key}`), kind: "count" });
const columns = () => [
  { key: "brought_at", name: t("return.brought_at"), kind: "time" }, { key: "brought_by", name: t("return.brought_by"), value: ({ brought_by: by }) => bringer(by) },
  ...["paid", "bounced", "returned", "unchanged", "refused"].map(outcome), { key: "sha256", name: "SHA-256", show: ({ sha256 }) => html`<code>${sha256.slice(0, 12)}…</code>` },
];

export function Returns({ batch }) {
  const { id } = batch;
  const from = useList(batchAt(id, "/returns"));
  const bring = ({ file }) => {
    const form = new FormData();
    form.append("file", file);
    return call("POST", batchAt(id, "/returns"), { form });
  };
  const upload = RELEASED.includes(batch.state) && !isMine(batch) && may(`POST ${BATCH}/returns`) && html`<${Act} words=${t("return.bring")} kind="primary" act=${bring} onDone=${({ id: brought }) => go(`/payouts/${id}/returns/${brought}`)}
    fields=${[{ name: "file", kind: "file", label: t("return.file"), hint: t("return.file.hint"), accept: ".csv,.txt,.xlsx" }]}><p>${t("return.bring.about")}</p><//>`;
  return html`<section class="stack tight"><${Listed} from=${from} empty=${html`<${Empty} title=${t("return.none")} hint=${t("return.none.hint")}>${upload}<//>`}>
    ${(items) => html`<${Table} caption=${t("returns")} rows=${items} from=${from} columns=${columns()} link=${(one) => `#/payouts/${id}/returns/${one.id}`} file=${`danzhu-returns-${batch.number}`}>${upload}<//>`}<//></section>`;
}
