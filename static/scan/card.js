// What was found: the verdict to be read at arm's length, then what to compare with the sheet, then where the money is.
import { count, day, kilograms, yuan } from "../shared/format.js";
import { html, useEffect, useRef } from "../shared/view.js";
import { t } from "../shared/words.js";

/** The sign beside the word, for whoever does not tell the colours apart. */
const SIGNS = {
  valid: "M13.5 25l7.5 7.5 14-16",
  revoked: "M8.5 39.5l31-31",
  unknown: "M17.5 18.5c0-9 13.5-8.5 13 .2-.3 5-6.5 5.3-6.5 10.3m0 6.2v.1",
  test: "M24 11.5v16m0 7.5v.1",
  mistyped: "M24 11.5v16m0 7.5v.1",
  forged: "M15.5 15.5l17 17m0-17l-17 17",
  foreign_link: "M15.5 15.5l17 17m0-17l-17 17",
  signed_offline: "M24 12v13l8 5",
  open: "M14 24h.1m9.9 0h.1m9.9 0h.1",
};
const STOP = new Set(["forged", "foreign_link"]);

function Sign({ of }) {
  return html`<svg class="sign" viewBox="0 0 48 48" aria-hidden="true">
    ${STOP.has(of) ? html`<path class="edge" d="M15 2h18l13 13v18l-13 13h-18l-13-13v-18z" />` : html`<circle class="edge" cx="24" cy="24" r="22" />`}
    <path d=${SIGNS[of]} />
  </svg>`;
}

/** [2026, 2027, 2029] -> "2026-2027, 2029". */
function years(list) {
  const runs = [];
  for (const year of [...new Set(list)].sort((left, right) => left - right)) {
    const last = runs.at(-1);
    if (last && last[1] === year - 1) last[1] = year;
    else runs.push([year, year]);
  }
  return runs.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
}

const Fact = ({ kind = "", name, children }) => html`<div class=${kind}><dt>${name}</dt><dd>${children}</dd></div>`;

/** What the sheet must say as well. `facts` are a certificate of the API or the claims of a token, which say the same. */
const Compare = ({ facts }) => html`
  <section class="compare">
    <h2>${t("compare")}</h2>
    <dl>
      <${Fact} kind="wide holder" name=${t("compare.holder")}>${facts.holder}<//>
      <${Fact} name=${t("compare.count")}><b>${count(facts.count)}</b> ${t("unit.tree")}<//>
      <${Fact} name=${t("compare.year")}><b>${years(facts.years)}</b><//>
      <${Fact} kind="sink" name=${t(`compare.sink.${facts.basis}`)}><b>${kilograms(facts.sink_g)}</b> ${t("unit.kg_co2")}<sub>2</sub><//>
      <${Fact} kind="wide serial" name=${t("compare.serial")}>${facts.serial}<//>
      <${Fact} name=${t("compare.issued")}>${day(facts.issued_on)}<//>
    </dl>
  </section>`;

function Money({ money }) {
  const { to_households_fen: owed, paid_out_fen: paid } = money;
  const step = owed === 0 ? "nothing" : paid >= owed ? "arrived" : paid ? "partly" : "owed";
  return html`<section class="card stack tight">
    <h2>${t("money")}</h2>
    <p class="state">${t(`money.${step}`, { owed: yuan(owed), paid: yuan(paid) })}</p>
    ${owed > 0 && html`<progress max=${owed} value=${paid} aria-label=${t("money.part")}></progress>`}
  </section>`;
}

/** `found`: `{verdict, facts, money, asOf, why, host, serial, token, revokedOn}`; verdict null where only the server can tell. */
export function Card({ found, children }) {
  const verdict = found.verdict ?? "open";
  const heading = useRef();
  // A screen reader begins to read here.
  useEffect(() => heading.current.focus({ preventScroll: true }), [found]);
  const word = found.verdict ? t(`verdict.${verdict}`) : t("open");
  const meaning = found.verdict ? t(`verdict.${verdict}.meaning`) : t(`open.${found.why}`);
  return html`<div class=${`stack is-${verdict}`}>
    <section class="verdict">
      <${Sign} of=${verdict} />
      <h1 tabindex="-1" ref=${heading}>${word}</h1>
      ${found.revokedOn && html`<p class="day">${t("revoked_on", { day: day(found.revokedOn) })}</p>`}
      ${verdict === "signed_offline" && html`<p class="day">${t("as_of", { day: found.asOf })}</p>`}
      <p>${meaning}</p>
      ${verdict === "foreign_link" && found.host && html`<p class="day">${t("leads_to", { host: found.host })}</p>`}
    </section>
    ${found.facts ? html`<${Compare} facts=${found.facts} />` : found.serial && html`
      <section class="card"><dl class="facts"><div class="checked"><dt>${t("compare.serial")}</dt><dd>${found.serial}</dd></div></dl></section>`}
    ${found.money && html`<${Money} money=${found.money} />`}
    ${children}
  </div>`;
}
