// What a person has done so far: the trees as a drawn forest, what they add up to, and how much of the money has arrived.
import { useAnswer } from "../../shared/calls.js";
import { count, kilograms, price, yuan } from "../../shared/format.js";
import { Empty, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Grove } from "../mine/grove.js";
import "../mine/words.js";
import { ForBuyer } from "../sign_in.js";

const Figure = ({ name, value, unit }) => html`<div><dt>${name}</dt><dd>${value}${unit && html` <span class="unit">${unit}</span>`}</dd></div>`;

/** How much of what was paid is in households' accounts: "in full" only where all of it is. */
function Paid({ spent, arrived }) {
  const step = arrived >= spent ? "all" : arrived ? "partly" : "none";
  return html`<section class="card stack tight">
    <h2 id="paid-out">${t("forest.paid")}</h2>
    <progress class="progress" aria-labelledby="paid-out" max=${spent} value=${arrived}></progress>
    <p>${t(`forest.paid.${step}`, { spent: price(spent), paid: price(arrived), left: price(spent - arrived) })}</p>
    <p class="small soft">${t("forest.paid.hint")}</p>
  </section>`;
}

const Villages = ({ villages }) => html`<section class="card"><details>
  <summary>${t("forest.villages.which", { count: count(villages.length) })}</summary>
  <ul class="stack tight">${villages.map((village) => html`<li key=${village}>${village}</li>`)}</ul>
</details></section>`;

function Forest({ mine }) {
  if (!mine.trees && !mine.orders) {
    return html`<${Empty} title=${t("forest.none")} hint=${t("forest.none.hint")}>
      <a class="button primary" href="#/buy?count=3">${t("forest.help")}</a><a class="button quiet" href="#/claim">${t("home.claim")}</a><//>`;
  }
  return html`<div class="stack">
    ${mine.trees ? html`<${Grove} trees=${mine.trees} />` : html`<p class="notice">${t("forest.given_away")}</p>`}
    <dl class="figures figure">
      <${Figure} name=${t("forest.trees")} value=${count(mine.trees)} unit=${t("unit.trees")} />
      <${Figure} name=${t("forest.sink")} value=${kilograms(mine.sink_g)} unit=${t("unit.kg")} />
      <${Figure} name=${t("forest.households")} value=${count(mine.households)} unit=${t("unit.households")} />
      <${Figure} name=${t("forest.villages")} value=${count(mine.villages.length)} unit=${t("unit.villages")} />
      <${Figure} name=${t("forest.spent")} value=${yuan(mine.spent_fen)} unit=${t("unit.yuan")} />
      <${Figure} name=${t("forest.gifts")} value=${count(mine.gifts_given)} unit=${t("unit.gifts")} />
    </dl>
    ${mine.spent_fen > 0 && html`<${Paid} spent=${mine.spent_fen} arrived=${mine.paid_out_fen} />`}
    ${mine.villages.length > 0 && html`<${Villages} villages=${mine.villages} />`}
    <a class="button primary wide" href="#/certificates">${t("certificates.title")}</a>
    <a class="button wide" href="#/buy?count=3">${t("forest.help.more")}</a>
  </div>`;
}

function Mine() {
  const summary = useAnswer("/me/summary");
  return html`<${Loaded} from=${summary} lines=${8}>${(answer) => html`<${Forest} mine=${answer} />`}<//>`;
}

export default () => html`<div class="stack"><h1>${t("forest.title")}</h1><${ForBuyer} hint=${t("forest.first")}><${Mine} /><//></div>`;
