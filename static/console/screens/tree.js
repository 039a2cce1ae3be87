// One tree as officers see it: its tag and household, its measurements and years, its place, its photo, and a report that it is gone.
import { useAnswer } from "../../shared/calls.js";
import { centimetres, metres } from "../../shared/format.js";
import { Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, language, t } from "../../shared/words.js";
import { WORDS as HOUSEHOLDS } from "../../words/console-households.js";
import { WORDS } from "../../words/console-registry.js";
import { Badge, Facts, Heading, may, Table } from "../parts.js";
import { TreeLoss } from "../tree-loss.js";
import { TreePhoto } from "../tree-photo.js";
import { REVEAL, TreePlace } from "../tree-place.js";

addWords(HOUSEHOLDS);
addWords(WORDS);

const measured = () => [
  { key: "measured_on", name: t("tree.measured_on"), kind: "day" },
  { key: "dbh_mm", name: t("tree.dbh"), unit: "cm", kind: "count", value: ({ dbh_mm: mm }) => centimetres(mm), show: ({ dbh_mm: mm }) => centimetres(mm) },
  { key: "height_cm", name: t("tree.height"), unit: "m", kind: "count", value: ({ height_cm: cm }) => metres(cm), show: ({ height_cm: cm }) => metres(cm) },
];
const years = () => [
  { key: "year", name: t("tree_year") },
  { key: "status", name: t("state"), value: ({ status }) => t(`unit_state.${status}`) },
  { key: "sink_g", name: t("sink"), unit: t("kg"), kind: "kilograms" },
  { key: "price_fen", name: t("verification.price"), unit: t("yuan"), kind: "money" },
];

function One({ tree, again }) {
  const { household, species, position } = tree;
  const place = html`<span class="row">${position && html`<span class="number">${t("tree.about", { place: `${position.longitude}, ${position.latitude}` })}</span>`}${may(REVEAL) && html`<${TreePlace} key=${tree.code} code=${tree.code} />`}</span>`;
  return html`<${Heading} title=${t("tree.title", { tag: tree.tag })} back=${[t("tree.household"), `/households/${household.public_id}/trees`]} lead=${tree.region.path}>
      <${Badge} kind=${tree.state === "growing" ? "good" : "bad"}>${t(`tree_state.${tree.state}`)}<//><//>
    <${Facts} title=${t("tree.known")} facts=${[
    [t("tree.household"), html`<a class="tap" href=${`#/households/${household.public_id}`}>${household.name}</a>`], [t("tree.code"), tree.code],
    [t("tree.species"), language === "en" ? species.name_en : species.name_zh], [t("tree.planted"), tree.planted_year], [t("tree.project"), tree.project], [t("tree.place"), place],
  ]} />
    <${Table} caption=${t("tree.measurements")} rows=${tree.measurements} columns=${measured()} file=${`measurements-${tree.code}`} />
    ${tree.years.length
    ? html`<${Table} caption=${t("tree.years")} rows=${tree.years} columns=${years()} file=${`years-${tree.code}`} />`
    : html`<section class="card stack tight"><h2>${t("tree.years")}</h2><p class="soft">${t("tree.years.none")}</p></section>`}
    <${TreePhoto} tree=${tree} again=${again} />
    <${TreeLoss} tree=${tree} again=${again} />`;
}

export default function Tree({ code }) {
  const from = useAnswer(`/officer/trees/${encodeURIComponent(code)}`);
  return html`<div class="stack"><${Loaded} from=${from}>${(tree) => html`<${One} tree=${tree} again=${from.again} />`}<//></div>`;
}
