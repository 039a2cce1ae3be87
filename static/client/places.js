// Choosing a place: from the province down to a village, only where trees are on sale.
import { address } from "../shared/api.js";
import { useAnswer } from "../shared/calls.js";
import { Button, Empty, Loaded, Sheet } from "../shared/parts.js";
import { html, useState } from "../shared/view.js";
import { t } from "../shared/words.js";

const PROVINCE = "52";
const LENGTHS = [2, 4, 6, 9, 12];

/** The division above one, by how codes are built. */
const above = (code) => code.slice(0, LENGTHS[LENGTHS.indexOf(code.length) - 1] ?? 0);

/** 打狼村村民委员会 -> 打狼村, as people say it. */
export const placeName = (place) => place.name.replace(/(村民|居民)委员会$/, "");

/** The division with a code, or null while it is not known; none for the province. */
export function usePlace(code) {
  const known = code && code !== PROVINCE;
  const { answer } = useAnswer(known ? address("/regions", { parent: above(code) }) : null);
  return (known && answer?.items.find((place) => place.code === code)) || null;
}

/** The sheet. `onChosen` is given a code, or "" for everywhere. */
export function Places({ from, onChosen, onClose }) {
  // A village has nothing below it: its township is opened.
  const [inside, setInside] = useState(from.length === 12 ? above(from) : from || PROVINCE);
  const here = usePlace(inside);
  const below = useAnswer(address("/regions", { parent: inside }));
  const top = inside === PROVINCE;
  return html`<${Sheet} title=${t("places.title")} onClose=${onClose}>
    <p class="row">
      ${!top && html`<${Button} onClick=${() => setInside(above(inside))}>‹ ${t("places.up")}<//>`}
      <${Button} kind="primary" onClick=${() => onChosen(top ? "" : inside)}>${top ? t("places.everywhere") : t("places.all_of", { name: here ? placeName(here) : "" })}<//>
    </p>
    <${Loaded} from=${below}>${({ items }) => {
      const open = items.filter((place) => place.on_sale);
      return open.length
        ? html`<ul class="list">${open.map((place) => html`<li key=${place.code}><button type="button" onClick=${() => (place.level === "village" ? onChosen(place.code) : setInside(place.code))}>
            <span class="grow">${placeName(place)}</span><span aria-hidden="true">›</span></button></li>`)}</ul>`
        : html`<${Empty} title=${t("places.none")} hint=${t("places.none.hint")} />`;
    }}<//>
  <//>`;
}
