// The front door: what this is, how far it has come, and the two ways to begin.
import { useAnswer } from "../../shared/calls.js";
import { count, kilograms, price, yuan } from "../../shared/format.js";
import { Button } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html, useState } from "../../shared/view.js";
import { language, t } from "../../shared/words.js";
import { Unfinished } from "../unfinished.js";

const OFFERED = [1, 3, 10, 30];
/** The figures and the price the page was sent with, so that they stand there at once. */
const sent = JSON.parse(document.getElementById("figures")?.textContent ?? "null");

const Figure = ({ name, value, unit }) => html`<div><dt>${name}</dt><dd>${value}${unit && html` <span class="unit">${unit}</span>`}</dd></div>`;

function Help({ each }) {
  const [chosen, setChosen] = useState(3);
  return html`<section class="card stack help">
    <h2>${t("home.help")}</h2>
    <div class="counts" role="group" aria-label=${t("home.count")}>
      ${OFFERED.map((n) => html`<button type="button" class="button" aria-pressed=${n === chosen ? "true" : "false"} onClick=${() => setChosen(n)}>${t("trees", { count: n })}</button>`)}
    </div>
    <${Button} kind="primary" wide onClick=${() => go(`/buy?count=${chosen}`)}>
      ${each ? t("home.buy", { count: chosen, price: price(each * chosen) }) : t("trees", { count: chosen })}
    <//>
    <a class="button quiet wide" href="#/trees">${t("home.choose")}</a>
  </section>`;
}

export default function Home() {
  const programme = useAnswer(sent?.price_fen ? null : "/programme");
  const stats = useAnswer("/stats");
  const figures = stats.answer ?? sent;
  return html`<div class="stack home">
    <header class="hero">
      <h1>${t("home.title")}</h1>
      <p>${t("home.lead")}</p>
    </header>
    ${figures && html`<dl class="figures figure">
      <${Figure} name=${t("home.sold")} value=${count(figures.trees_sold)} unit=${t("unit.trees")} />
      <${Figure} name=${t("home.sink")} value=${kilograms(figures.sink_sold_g)} unit=${t("unit.kg")} />
      <${Figure} name=${t("home.owed")} value=${yuan(figures.sold_fen)} unit=${t("unit.yuan")} />
      <${Figure} name=${t("home.households")} value=${count(figures.households_with_income)} unit=${t("unit.households")} />
    </dl>`}
    <${Unfinished} />
    <${Help} each=${sent?.price_fen ?? programme.answer?.price_fen} />
    <section class="stack tight">
      <h2>${t("home.how")}</h2>
      <ol class="steps">${["measure", "buy", "pay", "check"].map((step) => html`<li><h3>${t(`home.step.${step}`)}</h3><p class="soft">${t(`home.step.${step}.text`)}</p></li>`)}</ol>
    </section>
    <ul class="list">
      <li><a href="/scan"><span class="grow">${t("home.scan")}</span><span aria-hidden="true">›</span></a></li>
      <li><a href="#/footprint"><span class="grow">${t("home.footprint")}</span><span aria-hidden="true">›</span></a></li>
      <li><a href="#/claim"><span class="grow">${t("home.claim")}</span><span aria-hidden="true">›</span></a></li>
    </ul>
    <footer class="row small"><a class="button quiet" href=${`/privacy?lang=${language}`}>${t("home.privacy")}</a><a class="button quiet" href=${`/terms?lang=${language}`}>${t("home.terms")}</a></footer>
  </div>`;
}
