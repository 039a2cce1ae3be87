// An estimate of what one's activities emit, every figure with its source, and how many trees take up as much in a year.
import { call } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { count, kilograms } from "../../shared/format.js";
import { keep, kept } from "../../shared/kept.js";
import { Button, Empty, Failure, Loaded, Sheet } from "../../shared/parts.js";
import { html, useEffect, useRef, useState } from "../../shared/view.js";
import { addWords, language, t } from "../../shared/words.js";
import { WORDS } from "../../words/client-footprint.js";

addWords(WORDS);

const NAME = "footprint";
const sourceOf = (factor) => (language === "en" ? factor.source : factor.source_zh);
const nameOf = (factor) => (language === "en" ? factor.name_en : factor.name_zh);
const unitOf = (factor) => t(`factor.unit.${factor.unit}`);

/** The place from 0 of the line that an error is about, or -1: rules name it, and so does the form of the body. */
const lineOf = (error) => Number(error?.fields?.line ?? Object.keys(error?.fields?.items ?? {})[0] ?? -1);

/** What can be added, by category. */
function Activities({ factors, onChosen, onClose }) {
  const categories = [...new Set(factors.map((factor) => factor.category))];
  return html`<${Sheet} title=${t("footprint.add")} onClose=${onClose}>
    ${categories.map((category) => html`<section key=${category} class="stack tight"><h3>${t(`factor.category.${category}`)}</h3>
      <ul class="list">${factors.filter((factor) => factor.category === category).map((factor) => html`<li key=${factor.code}><button type="button" onClick=${() => onChosen(factor.code)}>
        <span class="grow">${nameOf(factor)}</span><span class="small soft">${unitOf(factor)} · ${factor.year}</span></button></li>`)}</ul></section>`)}
  <//>`;
}

function Activity({ factor, quantity, wrong, change, takeOut }) {
  const id = `quantity-${factor.code}`;
  return html`<li class="activity">
    <label for=${id}>${nameOf(factor)}</label>
    <div class="quantity"><input id=${id} class="input number" inputmode="decimal" required maxlength="20" autocomplete="off" aria-invalid=${wrong ? "true" : null} value=${quantity} onInput=${(event) => change(event.target.value)} />
      <span>${unitOf(factor)}</span>
      <button type="button" class="button quiet" aria-label=${t("footprint.take_out", { name: nameOf(factor) })} onClick=${takeOut}><svg width="18" height="18" viewBox="0 0 20 20" stroke="currentColor" stroke-width="2.500" stroke-linecap="round" aria-hidden="true"><path d="M4 4l12 12M16 4L4 16" /></svg></button></div>
  </li>`;
}

function Line({ line: { factor, quantity, co2e_g } }) {
  return html`<li class="stack tight">
    <p class="row apart"><strong>${nameOf(factor)}</strong><strong class="number">${t("footprint.kg", { kg: kilograms(co2e_g) })}</strong></p>
    <p class="small">${t("footprint.line", { quantity, unit: unitOf(factor), factor: factor.kg_co2e_per_unit })}</p>
    <p class="small soft">${t("footprint.source", { source: sourceOf(factor), year: factor.year, confidence: t(`factor.confidence.${factor.confidence}`) })}</p>
  </li>`;
}

function Result({ result }) {
  const heading = useRef();
  useEffect(() => heading.current.scrollIntoView({ block: "center" }), [result]);
  return html`<section class="card stack" aria-live="polite">
    <div class="center stack tight" ref=${heading}><h2>${t("footprint.total")}</h2>
      <p class="cashier-amount">${t("footprint.kg", { kg: kilograms(result.co2e_g) })}</p>
      <p>${t("footprint.trees", { count: count(result.trees), kg: kilograms(result.tree_sink_g) })}</p></div>
    ${result.trees > 0 && html`<a class="button primary wide" href=${`#/buy?count=${result.trees}`}>${t("footprint.help", { count: count(result.trees) })}</a>`}
    <p class="notice warn">${t("footprint.support")}</p>
    <h3>${t("footprint.lines")}</h3>
    <ul class="lines footprint-lines">${result.lines.map((line, n) => html`<${Line} key=${n} line=${line} />`)}</ul>
    <p class="small soft">${result.rounding[language]}</p>
  </section>`;
}

function Calculator({ factors }) {
  const known = new Map(factors.map((factor) => [factor.code, factor]));
  // A factor that is not published any more takes its line along.
  const [items, setItems] = useState(() => kept(NAME, []).filter(({ factor }) => known.has(factor)));
  const [adding, setAdding] = useState(false);
  const [result, setResult] = useState(null);
  const [busy, error, add] = useAct(async () => setResult(await call("POST", "/footprints", { body: { items: items.map(({ factor, quantity }) => ({ factor, quantity: quantity.trim() })) } })));
  const become = (changed) => { setItems(changed); setResult(null); keep(NAME, changed.length ? changed : null); };
  const choose = (factor) => {
    if (!items.some((item) => item.factor === factor)) become([...items, { factor, quantity: "" }]);
    setAdding(false);
    // The sheet gives the focus back first.
    setTimeout(() => document.getElementById(`quantity-${factor}`)?.focus(), 50);
  };
  return html`<div class="stack">
    <form class="card stack" onSubmit=${(event) => { event.preventDefault(); add(); }}>
      ${items.length
        ? html`<ul class="lines activities">${items.map(({ factor, quantity }, n) => html`<${Activity} key=${factor} factor=${known.get(factor)} quantity=${quantity} wrong=${lineOf(error) === n}
            change=${(typed) => become(items.map((item) => (item.factor === factor ? { factor, quantity: typed } : item)))}
            takeOut=${() => become(items.filter((item) => item.factor !== factor))} />`)}</ul>`
        : html`<${Empty} title=${t("footprint.none")} hint=${t("footprint.none.hint")} />`}
      <${Button} wide kind=${items.length ? "" : "primary"} onClick=${() => setAdding(true)}>${t("footprint.add")}<//>
      <${Failure} error=${error} />
      ${items.length > 0 && html`<${Button} kind="primary" wide type="submit" busy=${busy}>${t("footprint.calculate")}<//>`}
    </form>
    ${result && html`<${Result} result=${result} />`}
    ${adding && html`<${Activities} factors=${factors} onChosen=${choose} onClose=${() => setAdding(false)} />`}
  </div>`;
}

export default function Footprint() {
  const factors = useAnswer("/factors");
  return html`<div class="stack">
    <header class="stack tight"><h1>${t("footprint.title")}</h1><p class="soft">${t("footprint.lead")}</p></header>
    <${Loaded} from=${factors}>${({ items }) => html`<${Calculator} factors=${items} />`}<//>
  </div>`;
}
