// A household's trees by the number on their tags, and in which years each was sold.
import { useList } from "../../shared/calls.js";
import { count, price } from "../../shared/format.js";
import { Empty, Listed } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { speciesName } from "../tree_parts.js";

const Tree = ({ tree }) => html`<li>
  <p><strong>${speciesName(tree.species)}</strong> <span class="small soft number">${t("household.tag", { tag: tree.tag })}</span>${tree.state !== "growing" && html` <span class="badge bad">${t(`household.tree.${tree.state}`)}</span>`}</p>
  ${tree.years.map(({ year, status, earned_fen }) => html`<p key=${year} class="row apart"><span>${t(`household.tree.${status}`, { year })}</span>${earned_fen > 0 && html`<strong class="number">${price(earned_fen)}</strong>`}</p>`)}
</li>`;

function List() {
  const trees = useList("/household/trees");
  return html`<${Listed} from=${trees} empty=${html`<${Empty} title=${t("household.trees.none")} hint=${t("household.trees.none.hint")} />`}>
    ${(items) => html`<ul class="own-trees">${items.map((tree) => html`<${Tree} key=${tree.tag} tree=${tree} />`)}</ul>`}<//>`;
}

/** They are fetched when somebody wants to see them: a household may have hundreds. */
export function Trees({ total }) {
  const [open, setOpen] = useState(false);
  return html`<section class="card"><details onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary>${t("household.trees", { count: count(total) })}</summary>
    ${open && html`<${List} />`}
  </details></section>`;
}
