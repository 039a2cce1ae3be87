// A household's trees by tag, and what became of each in each year; a tree's exact place for a typed reason.
import { useList } from "../../shared/calls.js";
import { kilograms, yuan } from "../../shared/format.js";
import { Empty, Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { language, t } from "../../shared/words.js";
import { at, HouseholdFrame } from "../household-frame.js";
import { may, Table } from "../parts.js";
import { REVEAL, TreePlace } from "../tree-place.js";

const years = ({ years: all }) => all.map((one) => `${one.year} ${t(`unit_state.${one.status}`)}`).join(t("and"));

const columns = () => [
  { key: "tag", name: t("tree.tag"), kind: "number" },
  { key: "code", name: t("tree.code") },
  { key: "species", name: t("tree.species"), value: ({ species }) => (language === "en" ? species.name_en : species.name_zh) },
  { key: "planted_year", name: t("tree.planted") },
  { key: "state", name: t("state"), value: ({ state }) => t(`tree_state.${state}`) },
  { key: "years", name: t("tree.years"), value: years, show: ({ years: all }) => (all.length ? html`<ul>${all.map((one) => html`<li class="nowrap">${one.year} ${t(`unit_state.${one.status}`)} <span class="soft small">${kilograms(one.sink_g)} ${t("kg")} · ${yuan(one.price_fen)} ${t("yuan")}</span></li>`)}</ul>` : "—") },
  ...(may(REVEAL) ? [{ key: "place", name: t("tree.place"), value: () => "", show: ({ code }) => html`<${TreePlace} code=${code} />` }] : []),
];

function Trees({ id }) {
  const from = useList(at(id, "/trees"), { limit: 50 });
  return html`<${Listed} from=${from} empty=${html`<${Empty} title=${t("tree.none")} hint=${t("tree.none.hint")} />`}>
    ${(items) => html`<${Table} caption=${t("part.trees")} rows=${items} from=${from} columns=${columns()} link=${({ code }) => may("GET /officer/trees/{code}") && `#/trees/${code}`} file=${`trees-${id}`} />`}<//>`;
}

export default ({ id }) => html`<${HouseholdFrame} id=${id}>${() => html`<${Trees} id=${id} />`}<//>`;
