// A tree as it is shown in lists and on its own page.
import { addWords, language, t } from "../shared/words.js";
import { centimetres, metres, price } from "../shared/format.js";
import { Button, say } from "../shared/parts.js";
import { html } from "../shared/view.js";
import { WORDS } from "../words/client-trees.js";
import { MOST, toggle, useBasket } from "./basket.js";
import { Drawing } from "./species.js";

addWords(WORDS);

export const speciesName = (species) => (language === "en" ? species.name_en : species.name_zh);

export const sizes = (tree) => t("tree.sizes", { dbh: centimetres(tree.dbh_mm), height: metres(tree.height_cm) });

const KINDS = { available: "good", held: "warn", sold: "" };
export const Status = ({ status }) => html`<span class=${`badge ${KINDS[status]}`}>${t(`tree.status.${status}`)}</span>`;

/** The tree's photo, or the drawing of its species; `large` takes the whole photo. */
export const Portrait = ({ tree, large = false }) => {
  const photo = large ? tree.photo_url : (tree.thumbnail_url ?? tree.photo_url);
  return html`<span class=${`portrait ${large ? "large" : ""}`}>
    ${photo
      ? html`<img src=${photo} alt=${large ? t("tree.photo", { species: speciesName(tree.species) }) : ""} loading=${large ? null : "lazy"} decoding="async" />`
      : html`<${Drawing} species=${tree.species.code} />`}
  </span>`;
};

/** Whose tree it is: the masked name where the household lets it be shown. */
export const owner = (tree) => (tree.household.display_name ? t("tree.owner", { name: tree.household.display_name }) : t("tree.owner.hidden"));

/** Choose a tree for the basket, or put it back. */
export function Choose({ tree, wide = false }) {
  const chosen = useBasket().some(({ code }) => code === tree.code);
  return html`<${Button} wide=${wide} class=${`button choose ${wide ? "wide" : ""}`} aria-pressed=${chosen ? "true" : "false"}
    aria-label=${t(chosen ? "tree.chosen.which" : "tree.choose.which", { species: speciesName(tree.species), code: tree.code })}
    onClick=${() => toggle(tree) || say(t("tree.choose.most", { most: MOST }))}>${t(chosen ? "tree.chosen" : wide ? "tree.choose.more" : "tree.choose")}<//>`;
}

/** A tree in a list: what leads to its page, and the button that chooses it. */
export const Card = ({ tree }) => html`<li class="card tree-card">
  <a class="look" href=${`#/trees/${tree.code}`} tabindex="-1" aria-hidden="true"><${Portrait} tree=${tree} /></a>
  <a class="about" href=${`#/trees/${tree.code}`}>
    <span class="row apart"><strong>${speciesName(tree.species)}</strong><${Status} status=${tree.status} /></span>
    <span class="soft small">${tree.region.path}</span>
    <span class="soft small">${owner(tree)}</span>
    <span class="small">${sizes(tree)}</span>
  </a>
  <p class="row apart">
    <strong class="price">${price(tree.price_fen)}</strong>
    ${tree.status === "available" && html`<${Choose} tree=${tree} />`}
  </p>
</li>`;

export const Cards = ({ trees }) => html`<ul class="stack tree-cards">${trees.map((tree) => html`<${Card} key=${tree.code} tree=${tree} />`)}</ul>`;
