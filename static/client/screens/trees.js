// All trees of the year on sale: by place and species, to look at and to choose from.
import { useAnswer, useList } from "../../shared/calls.js";
import { address } from "../../shared/api.js";
import { price } from "../../shared/format.js";
import { Button, Empty, Listed } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { putBack, useBasket } from "../basket.js";
import { placeName, Places, usePlace } from "../places.js";
import { Cards, speciesName } from "../tree_parts.js";

/** What has been chosen, above the tabs; it leaves room below the list. */
export function Basket() {
  const trees = useBasket();
  if (!trees.length) return null;
  const codes = trees.map((tree) => tree.code);
  const sum = price(trees.reduce((fen, tree) => fen + tree.price_fen, 0));
  return html`<aside class="basket no-print" aria-label=${t("basket")}>
    <p aria-live="polite">${t("basket.chosen", { count: trees.length })} · <strong class="number">${sum}</strong></p>
    <${Button} kind="quiet" onClick=${() => putBack(codes)}>${t("basket.empty")}<//>
    <a class="button primary" href=${`#/buy?trees=${codes.join(",")}`}>${t("basket.pay")}</a>
  </aside>`;
}

function Filters({ wanted, change }) {
  const [choosing, setChoosing] = useState(false);
  const place = usePlace(wanted.region);
  const { answer } = useAnswer("/species");
  return html`<section class="filters" aria-label=${t("trees.filters")}>
    <${Button} class="button opens" onClick=${() => setChoosing(true)}>${(place && placeName(place)) ?? (wanted.region ? "…" : t("places.everywhere"))}<//>
    <select class="input" aria-label=${t("trees.species")} value=${wanted.species} onChange=${(event) => change({ species: event.target.value })}>
      <option value="">${t("trees.species.all")}</option>
      ${(answer?.items ?? []).map((species) => html`<option key=${species.code} value=${species.code} selected=${species.code === wanted.species}>${speciesName(species)}</option>`)}
    </select>
    <label class="choice"><input type="checkbox" checked=${!wanted.all} onChange=${(event) => change({ all: event.target.checked ? "" : "1" })} />${t("trees.available")}</label>
    ${choosing && html`<${Places} from=${wanted.region} onClose=${() => setChoosing(false)}
      onChosen=${(region) => { setChoosing(false); change({ region }); }} />`}
  </section>`;
}

export default function Trees({ query }) {
  const wanted = { region: query.region ?? "", species: query.species ?? "", all: query.all ?? "" };
  const change = (parts) => go(address("/trees", { ...wanted, ...parts }), { replace: true });
  const trees = useList("/trees", { limit: 20, region: wanted.region, species: wanted.species, available: wanted.all ? null : true });
  const programme = useAnswer("/programme");
  const filtered = wanted.region || wanted.species || !wanted.all;
  return html`<div class="stack">
    <header class="stack tight">
      <h1>${t("trees.title")}</h1>
      ${programme.answer && html`<p class="soft">${t("trees.lead", { year: programme.answer.year_on_sale })}</p>`}
    </header>
    <${Filters} wanted=${wanted} change=${change} />
    <${Listed} from=${trees} empty=${html`<${Empty} title=${t("trees.none")} hint=${t(filtered ? "trees.none.filtered" : "trees.none.hint")}>
      ${filtered && html`<${Button} onClick=${() => change({ region: "", species: "", all: "1" })}>${t("trees.none.all")}<//>`}<//>`}>
      ${(items) => html`<${Cards} trees=${items} />`}<//>
    <${Basket} />
  </div>`;
}
