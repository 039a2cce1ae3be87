// One tree: how it looks, whose it is, how large, and how what is sold of it was worked out.
import { useAnswer } from "../../shared/calls.js";
import { centimetres, count, day, kilograms, metres, price } from "../../shared/format.js";
import { Empty, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { language, t } from "../../shared/words.js";
import { Cards, Choose, owner, Portrait, speciesName, Status } from "../tree_parts.js";
import { Basket } from "./trees.js";

const Fact = ({ name, children }) => html`<div><dt>${name}</dt><dd>${children}</dd></div>`;

/** Cubic centimetres as cubic metres, none dropped. */
const cubicMetres = (cm3) => (cm3 / 1e6).toFixed(6);

/** The sold figure step by step, with every number that went into it. */
function Method({ tree }) {
  const { method } = tree;
  const { inputs } = method;
  const twice = method.increment_g !== null;
  return html`<section class="card stack">
    <h2>${t("method.title", { kg: kilograms(tree.sink_g) })}</h2>
    <ol class="steps">
      <li><h3>${t("method.measured")}</h3><p>${t("method.measured.text", { day: day(inputs.measured_on), dbh: centimetres(inputs.dbh_mm), height: metres(inputs.height_cm) })}</p></li>
      <li><h3>${t("method.stock")}</h3><p>${t("method.stock.text", { volume: cubicMetres(method.volume_cm3), kg: kilograms(method.stock_g) })}</p></li>
      <li><h3>${t("method.growth")}</h3><p>${twice
        ? t("method.growth.twice", { before: kilograms(method.earlier_stock_g), kg: kilograms(method.increment_g) })
        : t("method.growth.once", { years: count(method.age_years), kg: kilograms(method.mean_annual_g) })}</p></li>
      <li><h3>${t("method.sold")}</h3><p>${t("method.sold.text", { kg: kilograms(method.result_g), flat: kilograms(method.flat_g) })} ${method.rule_text[language]}</p></li>
    </ol>
    <p class="notice warn">${t(`basis.${tree.basis}.text`, { year: tree.year })}</p>
    <details>
      <summary>${t("method.parameters")}</summary>
      <div class="stack tight">
        <p class="small">${method.parameter_note[language]}</p>
        <dl class="facts small">${Object.entries(method.parameters).map(([name, value]) => html`<${Fact} key=${name} name=${name}>${value}<//>`)}</dl>
      </div>
    </details>
    <p class="small soft">${t("method.name", { name: method.name[language], version: method.version, day: day(method.computed_on) })}</p>
  </section>`;
}

/** Where a tree cannot be bought: others of its village. */
function Others({ tree }) {
  const others = useAnswer(`/trees?region=${tree.region.code}&available=true&limit=3`);
  return html`<section class="stack">
    <h2>${t("tree.others")}</h2>
    <${Loaded} from=${others}>${({ items }) => items.length
      ? html`<${Cards} trees=${items} /><a class="button wide" href=${`#/trees?region=${tree.region.code}`}>${t("tree.others.all")}</a>`
      : html`<${Empty} title=${t("tree.others.none")}><a class="button" href="#/trees">${t("tree.others.elsewhere")}</a><//>`}<//>
  </section>`;
}

function Tree({ tree }) {
  const free = tree.status === "available";
  return html`<div class="stack">
    <${Portrait} tree=${tree} large />
    ${!tree.photo_url && html`<p class="small soft">${t("tree.drawn")}</p>`}
    <header class="stack tight">
      <div class="row apart"><h1>${speciesName(tree.species)}</h1><${Status} status=${tree.status} /></div>
      <p class="soft">${tree.region.path} · ${owner(tree)}</p>
    </header>
    ${free
      ? html`<section class="card stack tight">
          <p class="row apart"><strong class="price">${price(tree.price_fen)}</strong><span>${t(`tree.offer.${tree.basis}`, { year: tree.year, kg: kilograms(tree.sink_g) })}</span></p>
          <a class="button primary wide" href=${`#/buy?trees=${tree.code}`}>${t("tree.buy")}</a>
          <${Choose} tree=${tree} wide />
        </section>`
      : html`<p class="notice warn">${t(`tree.${tree.status}.text`, { year: tree.year })}</p>`}
    <dl class="card facts">
      <${Fact} name=${t("tree.dbh")}>${t("unit.cm.of", { value: centimetres(tree.dbh_mm) })}<//>
      <${Fact} name=${t("tree.height")}>${t("unit.m.of", { value: metres(tree.height_cm) })}<//>
      <${Fact} name=${t("tree.planted")}>${tree.planted_year}<//>
      <${Fact} name=${t("tree.verified_by")}>${tree.verified_by}<//>
      <${Fact} name=${t("tree.position")}>${t("tree.position.about", { latitude: tree.position.latitude.toFixed(2), longitude: tree.position.longitude.toFixed(2), datum: tree.position.datum })}<//>
      <${Fact} name=${t("tree.code")}><span class="number">${tree.code}</span><//>
    </dl>
    ${!free && html`<${Others} tree=${tree} />`}
    <section class="card stack tight">
      <h2>${t("tree.years")}</h2>
      <ul class="row">${tree.years.map(({ year, status }) => html`<li key=${year}>${year} <${Status} status=${status} /></li>`)}</ul>
      <p class="small soft">${t("tree.years.hint")}</p>
    </section>
    <${Method} tree=${tree} />
    ${tree.measurements.length > 1 && html`<section class="card stack tight"><h2>${t("tree.measurements")}</h2>
      <ul class="stack tight">${tree.measurements.map((one) => html`<li key=${one.measured_on}>${t("method.measured.text", { day: day(one.measured_on), dbh: centimetres(one.dbh_mm), height: metres(one.height_cm) })}</li>`)}</ul></section>`}
  </div>`;
}

export default function Screen({ code }) {
  const tree = useAnswer(`/trees/${encodeURIComponent(code)}`);
  if (tree.error?.status === 404) {
    return html`<${Empty} title=${t("tree.missing")} hint=${tree.error.message}><a class="button primary" href="#/trees">${t("tree.others.elsewhere")}</a><//>`;
  }
  return html`<${Loaded} from=${tree} lines=${8}>${(answer) => html`<${Tree} tree=${answer} />`}<//><${Basket} />`;
}
