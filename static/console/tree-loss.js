// A tree that is gone: reported by one officer, confirmed by another or taken back.
import { call } from "../shared/api.js";
import { useAnswer } from "../shared/calls.js";
import { day } from "../shared/format.js";
import { Loaded } from "../shared/parts.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Act, Facts, may, Steps, Table } from "./parts.js";

const LOSS = "/officer/trees/{code}/loss";

const fields = () => [
  { name: "cause", kind: "choice", label: t("loss.cause"), options: ["dead", "felled", "lost"].map((cause) => [cause, t(`loss.${cause}`)]) },
  { name: "happened_on", kind: "day", label: t("loss.happened_on") },
  { name: "reason", kind: "long", label: t("loss.reason"), hint: t("reason.hint"), min: 4, max: 200 },
];

const way = (loss) => [
  { title: t("loss.reported"), state: "done", by: loss.reported_by, at: loss.reported_at },
  { title: t("loss.confirmed"), state: loss.state === "confirmed" ? "done" : "now", by: loss.confirmed_by, at: loss.confirmed_at },
];

const columns = () => [
  { key: "year", name: t("loss.sold_year") },
  { key: "made_good", name: t("loss.made_good"), value: ({ made_good: good }) => t(good ? "loss.made_good.yes" : "loss.made_good.no") },
];

function Report({ tree, loss, again }) {
  const act = (verb) => async () => { await call("POST", `/officer/trees/${tree.code}/loss/${verb}`); again(); };
  const open = loss.state === "reported";
  return html`<${Facts} facts=${[[t("loss.cause"), t(`loss.${loss.cause}`)], [t("loss.happened_on"), day(loss.happened_on)], [t("loss.reason"), loss.reason]]}>
    <${Steps} steps=${way(loss)} />
    ${loss.years.length > 0 && html`<${Table} caption=${t("loss.years")} rows=${loss.years} columns=${columns()} file=${`loss-${tree.code}`} />`}
    ${open && html`<div class="row">
      ${may(`POST ${LOSS}/confirm`) && html`<${Act} words=${t("loss.confirm")} kind="primary" act=${act("confirm")} done=${t("loss.confirm.done")}><p>${t("loss.confirm.about")}</p><//>`}
      ${may(`POST ${LOSS}/undo`) && html`<${Act} words=${t("loss.undo")} danger act=${act("undo")} done=${t("loss.undo.done")}><p>${t("loss.undo.about")}</p><//>`}
    </div>`}<//>`;
}

/** A tree that grows has no report that stands, so none is asked for. */
function Standing({ tree, again }) {
  const from = useAnswer(`/officer/trees/${tree.code}/loss`);
  // What becomes of the report changes the tree too.
  const both = () => { from.again(); again(); };
  return html`<${Loaded} from=${from} lines=${2}>${(loss) => html`<${Report} tree=${tree} loss=${loss} again=${both} />`}<//>`;
}

export function TreeLoss({ tree, again }) {
  if (tree.state !== "growing") return may(`GET ${LOSS}`) && html`<section class="stack tight"><h2>${t("loss.title")}</h2><${Standing} tree=${tree} again=${again} /></section>`;
  if (!may(`POST ${LOSS}`)) return null;
  const report = async (given) => { await call("POST", `/officer/trees/${tree.code}/loss`, { body: given }); again(); };
  return html`<section class="card stack"><h2>${t("loss.title")}</h2><p class="soft">${t("loss.lead")}</p>
    <p><${Act} words=${t("loss.report")} danger fields=${fields()} act=${report} done=${t("loss.report.done")}><p>${t("loss.report.about")}</p><//></p></section>`;
}
