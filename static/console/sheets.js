// Survey sheets: what the kinds hold, how far one has come, and bringing one in.
import { call } from "../shared/api.js";
import { useAct } from "../shared/calls.js";
import { Button, Failure, Sheet } from "../shared/parts.js";
import { go } from "../shared/router.js";
import { html, useState } from "../shared/view.js";
import { addWords, t } from "../shared/words.js";
import { WORDS } from "../words/console-registry.js";
import { Badge, Control, csv, save, useOfficer } from "./parts.js";

addWords(WORDS);

/** The columns of each kind, as docs/imports.md has them; with "?" what may be left empty. */
export const COLUMNS = {
  "households": ["户编号", "村代码", "户主姓名", "身份证号", "联系电话?", "户属性", "家庭人口", "上年人均纯收入元?", "开户行?", "银行账号?", "林权证号", "知情同意日期?", "同意公开姓名?"],
  "trees": ["户编号", "树牌号", "树种代码", "胸径cm", "树高m", "栽植年份", "起源", "造林项目?", "经度", "纬度", "调查日期", "调查员"],
  "measurements": ["户编号", "树牌号", "胸径cm", "树高m", "调查日期", "调查员"],
  "accounts": ["户编号?", "身份证号?", "银行账号", "开户行", "账户户名"],
  "consents": ["户编号", "同意事项", "文本版本", "同意日期", "见证人"],
};

const COLOUR = { checked: "warn", refused: "bad", accepted: "good" };

export const SheetState = ({ state }) => html`<${Badge} kind=${COLOUR[state] ?? ""}>${t(`import.${state}`)}<//>`;

/** A sheet with nothing but its header, to be filled in. */
const takeEmpty = (kind) => save(new Blob([csv([COLUMNS[kind].map((name) => name.replace("?", ""))])], { type: "text/csv" }), `danzhu-${kind}.csv`);

function Columns({ kind }) {
  return html`<div class="stack tight">
    <p class="small">${t(`import.about.${kind}`)}</p>
    <ul class="columns" lang="zh-CN" aria-label=${t("import.columns")}>${COLUMNS[kind].map((name) => html`<li class=${name.endsWith("?") ? "badge soft" : "badge"}>${name.replace("?", "")}${name.endsWith("?") && html`<span lang=${document.documentElement.lang}> ${t("import.may_be_empty")}</span>`}</li>`)}</ul>
    <p><${Button} onClick=${() => takeEmpty(kind)}>${t("import.empty_sheet")}<//></p>
  </div>`;
}

/** Choose a file and have it checked; nothing is registered by that. */
function Upload({ kinds, first, onClose }) {
  const [kind, setKind] = useState(first);
  const [file, setFile] = useState(null);
  const [busy, error, send] = useAct(async () => {
    const form = new FormData();
    form.append("kind", kind);
    form.append("file", file);
    const { id } = await call("POST", "/officer/imports", { form });
    onClose();
    go(`/imports/${id}`);
  });
  return html`<${Sheet} title=${t("import.upload")} onClose=${onClose}>
    <form class="stack" onSubmit=${(event) => { event.preventDefault(); send(); }}>
      <p>${t("import.dry")}</p>
      <${Control} field=${{ name: "kind", kind: "choice", label: t("import.kind"), options: kinds.map((one) => [one, t(`import.kind.${one}`)]) }} value=${kind} onChange=${setKind} />
      <${Columns} kind=${kind} />
      <${Control} field=${{ name: "file", kind: "file", label: t("import.file"), hint: t("import.file.hint"), accept: ".csv,.gz,.xlsx,.txt" }} onChange=${setFile} />
      <${Failure} error=${error} />
      <p><${Button} type="submit" kind="primary" wide busy=${busy}>${t("import.check")}<//></p>
    </form>
  <//>`;
}

/** A button that brings a sheet in, for whoever may bring one; `kind` is offered first. */
export function UploadButton({ kind, words = t("import.upload"), primary = true }) {
  const { who } = useOfficer();
  const [open, setOpen] = useState(false);
  const kinds = who?.sheets ?? [];
  if (!kinds.length || (kind && !kinds.includes(kind))) return null;
  return html`<${Button} kind=${primary ? "primary" : ""} onClick=${() => setOpen(true)}>${words}<//>
    ${open && html`<${Upload} kinds=${kinds} first=${kind ?? kinds[0]} onClose=${() => setOpen(false)} />`}`;
}
