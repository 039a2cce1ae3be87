// A household's own view: what its trees have earned, in numbers to be read from an arm's length, and every payment.
import { call } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { count, day, monthName, price } from "../../shared/format.js";
import { Button, Failure, Field, Loaded, say, Waiting } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/client-household.js";
import { Payouts } from "../household/payouts.js";
import { Permission } from "../household/permission.js";
import { Trees } from "../household/trees.js";
import { ForBuyer } from "../sign_in.js";

addWords(WORDS);

function Bind({ onBound }) {
  const [code, setCode] = useState("");
  const [busy, error, bind] = useAct(async () => {
    await call("POST", "/household/bind", { body: { code: code.trim() } });
    say(t("household.bound"));
    onBound();
  });
  return html`<form class="card stack" onSubmit=${(event) => { event.preventDefault(); bind(); }}>
    <h2>${t("household.bind")}</h2>
    <p>${t("household.bind.text")}</p>
    <${Field} id="binding-code" label=${t("household.code")} hint=${t("household.code.hint")} control=${(given) => html`
      <input ...${given} required maxlength="64" inputmode="numeric" autocomplete="off" value=${code} onInput=${(event) => setCode(event.target.value)} />`} />
    <${Failure} error=${error} />
    <${Button} kind="primary" wide type="submit" busy=${busy}>${t("household.bind.act")}<//>
  </form>`;
}

const Sum = ({ name, fen, strong }) => html`<div class=${strong ? "strong" : ""}><dt>${name}</dt><dd>${price(fen)}</dd></div>`;

const Year = ({ year }) => html`<details>
  <summary><span class="grow">${t("household.year", { year: year.year })}</span><strong class="number">${price(year.earned_fen)}</strong></summary>
  <ul class="months">${year.months.map((month) => html`<li key=${month.month} class="row apart">
    <span>${monthName(month.month)} <span class="small soft">${t("household.sold", { count: count(month.trees_sold) })}</span></span>
    <strong class="number">${price(month.earned_fen)}</strong></li>`)}</ul>
</details>`;

/** When money may come to this WeChat: a second officer has to confirm the binding first. */
const Binding = ({ binding }) => html`<p class=${`notice ${binding.confirmed_at ? "" : "warn"}`}>${binding.confirmed_at
  ? t("household.payable", { day: day(binding.payable_from) }) : t("household.unconfirmed", { day: day(binding.bound_at) })}</p>`;

const Income = ({ income, again }) => html`<div class="stack">
  <section class="card stack tight">
    <h2>${income.name}</h2><p class="soft">${income.place}</p>
    ${income.sentences.map((sentence) => html`<p key=${sentence} class="sentence">${sentence}</p>`)}
  </section>
  <dl class="card sums">
    <${Sum} strong name=${t("household.earned")} fen=${income.earned_fen} />
    <${Sum} name=${t("household.paid")} fen=${income.paid_fen} />
    <${Sum} name=${t("household.in_transit")} fen=${income.in_transit_fen} />
    <${Sum} name=${t("household.balance")} fen=${income.balance_fen} />
  </dl>
  ${income.years.length > 0 && html`<section class="card stack tight"><h2>${t("household.by_year")}</h2>${income.years.map((year) => html`<${Year} key=${year.year} year=${year} />`)}</section>`}
  <${Payouts} onTaken=${again} />
  ${income.binding.confirmed_at && html`<${Permission} />`}
  <${Trees} total=${income.trees} />
  <${Binding} binding=${income.binding} />
  <p class="small soft">${t("household.yours")}</p>
</div>`;

function Own() {
  const income = useAnswer("/household/income");
  if (income.error?.code === "household_not_bound") return html`<${Bind} onBound=${income.again} />`;
  if (income.loading && !income.answer) return html`<${Waiting} lines=${6} />`;
  return html`<${Loaded} from=${income}>${(answer) => html`<${Income} income=${answer} again=${income.again} />`}<//>`;
}

export default () => html`<div class="stack household"><h1>${t("household.title")}</h1><${ForBuyer} hint=${t("household.first")}><${Own} /><//></div>`;
