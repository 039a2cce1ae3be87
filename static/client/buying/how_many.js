// How much to buy: the trees a person named, or a number that the fair turn chooses.
import { useAnswer } from "../../shared/calls.js";
import { price } from "../../shared/format.js";
import { Button, Field } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { basket } from "../basket.js";
import { placeName, Places, usePlace } from "../places.js";
import { Portrait, speciesName } from "../tree_parts.js";
import { WAYS } from "./selection.js";

/** Named trees that are shown before somebody asks for all. */
const FIRST = 5;

function Line({ code, onTakeOut }) {
  // Remembered, because an order takes it out of the basket: asked about then, it is held, and the browser keeps that answer for a while.
  const [chosen] = useState(() => basket().find((tree) => tree.code === code));
  const asked = useAnswer(chosen ? null : `/trees/${encodeURIComponent(code)}`);
  const tree = chosen ?? asked.answer;
  return html`<li class="line">
    ${tree && html`<${Portrait} tree=${tree} />`}
    <a class="grow" href=${`#/trees/${code}`}><strong>${tree ? speciesName(tree.species) : code}</strong><br /><span class="small soft">${tree?.region.path}</span></a>
    <span class="number">${tree && price(tree.price_fen)}</span>
    <button type="button" class="button quiet" aria-label=${t("buy.take_out", { code })} onClick=${onTakeOut}><svg width="18" height="18" viewBox="0 0 20 20" stroke="currentColor" stroke-width="2.500" stroke-linecap="round" aria-hidden="true"><path d="M4 4l12 12M16 4L4 16" /></svg></button>
  </li>`;
}

export function Named({ trees, takeOut }) {
  const [all, setAll] = useState(false);
  const shown = all ? trees : trees.slice(0, FIRST);
  return html`<section class="card stack tight">
    <h2>${t("buy.named", { count: trees.length })}</h2>
    <ul class="lines">${shown.map((code) => html`<${Line} key=${code} code=${code} onTakeOut=${() => takeOut([code])} />`)}</ul>
    ${shown.length < trees.length && html`<${Button} kind="quiet" onClick=${() => setAll(true)}>${t("buy.named.all", { count: trees.length })}<//>`}
    <p><a class="button quiet" href="#/trees">${t("buy.named.more")}</a></p>
  </section>`;
}

function Stepper({ value, change, problem }) {
  const by = (step) => change(String(Math.max(1, (Number(value) || 0) + step)));
  return html`<${Field} id="count" label=${t("home.count")} problem=${problem} control=${(given) => html`<div class="stepper">
    <${Button} aria-label=${t("buy.fewer")} onClick=${() => by(-1)}>−<//>
    <input ...${given} inputmode="numeric" autocomplete="off" maxlength="7" value=${value} onInput=${(event) => change(event.target.value)} />
    <${Button} aria-label=${t("buy.more")} onClick=${() => by(1)}>+<//>
  </div>`} />`;
}

const Amount = ({ way, value, change, problem }) => html`<${Field} id=${way} label=${t(`buy.way.${way}.label`)} hint=${t(`buy.way.${way}.hint`)} problem=${problem}
  control=${(given) => html`<input ...${given} inputmode="decimal" autocomplete="off" maxlength="12" value=${value} onInput=${(event) => change(event.target.value)} />`} />`;

export function HowMany({ wish, change, impossible, programme }) {
  const [placing, setPlacing] = useState(false);
  const place = usePlace(wish.region);
  const problem = impossible && wish[wish.way] ? t(`buy.way.${wish.way}.problem`) : null;
  return html`<section class="card stack">
    <div class="counts three" role="group" aria-label=${t("buy.how")}>
      ${WAYS.map((way) => html`<button key=${way} type="button" class="button" aria-pressed=${way === wish.way ? "true" : "false"} onClick=${() => change({ way })}>${t(`buy.way.${way}`)}</button>`)}
    </div>
    ${wish.way === "count"
      ? html`<${Stepper} value=${wish.count} change=${(count) => change({ count })} problem=${problem} />`
      : html`<${Amount} key=${wish.way} way=${wish.way} value=${wish[wish.way]} change=${(typed) => change({ [wish.way]: typed })} problem=${problem} />`}
    <div class="field"><span id="place-label"><strong>${t("buy.place")}</strong></span>
      <${Button} class="button opens" aria-describedby="place-label" onClick=${() => setPlacing(true)}>${place ? placeName(place) : wish.region && wish.region !== "52" ? "…" : t("places.everywhere")}<//></div>
    <p class="small soft">${t("buy.fair", { k: programme?.fair_k ?? "…" })}</p>
    ${placing && html`<${Places} from=${wish.region} onClose=${() => setPlacing(false)} onChosen=${(region) => { setPlacing(false); change({ region }); }} />`}
  </section>`;
}
