// Where an officer begins: what waits for them, and what the households of their division have earned.
import { address } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { count, kilograms, month, yuan } from "../../shared/format.js";
import { Empty, Loaded } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-income.js";
import { Bars } from "../chart.js";
import { below, moneyColumns, nameColumn, spreadColumns } from "../income-columns.js";
import { exported, Figures, Filters, Heading, may, Table, useOfficer } from "../parts.js";
import { chain } from "../region.js";
import { WaitingForMe } from "../waiting.js";

addWords(WORDS);

const REPORT = "/officer/income";
const span = (year) => (year ? { from: `${year}-01-01`, to: `${year}-12-31` } : {});

/** How many lines are shown here; the income report has them all. */
const MOST = 100;

const columns = (level) => [
  nameColumn(level),
  ...moneyColumns(), ...(level === "household" ? [] : spreadColumns()),
  { key: "trees_sold", name: t("trees_sold"), kind: "count" },
  ...(level === "household" ? [] : [
    { key: "households", name: t("households"), kind: "count" },
    { key: "households_without_income", name: t("without"), kind: "count" },
  ]),
];

function Chart({ region, year, years }) {
  const months = useAnswer(year ? address(REPORT, { group_by: "month", region, ...span(year), limit: MOST }) : null);
  const lines = year ? months.answer?.items : [...years].reverse();
  if (!lines?.length) return null;
  const bars = lines.map(({ code, earned_fen: value }) => ({ label: year ? String(Number(code.slice(5))) : code, name: year ? month(code) : code, value }));
  const whole = bars.reduce((sum, { value }) => sum + value, 0);
  if (!whole) return null;
  return html`<${Bars} title=${year ? t("chart.months", { year }) : t("chart.years")} label=${t(year ? "group.month" : "group.year")}
    desc=${t("chart.desc", { sum: yuan(whole) })} bars=${bars} file="danzhu-income" />`;
}

function Income({ who, query }) {
  const region = query.region ?? who.region.code;
  const level = below(region);
  const years = useAnswer(address(REPORT, { group_by: "year", region, limit: MOST }));
  const known = (years.answer?.items ?? []).map(({ code }) => code).sort().reverse();
  const report = useAnswer(address(REPORT, { group_by: level, region, ...span(query.year), limit: MOST }));
  const fields = [
    { name: "region", kind: "region", label: t("region") },
    { name: "year", kind: "choice", label: t("group.year"), options: [["", t("year.all")], ...known.map((year) => [year, year])] },
  ];
  const link = ({ code, public_id: id }) => (id ? `#/households/${id}` : `#${address("/", { ...query, region: code })}`);
  return html`<${Filters} fields=${fields} query=${query} />
    <${Loaded} from=${report}>${({ totals, items, next_cursor: more }) => html`<div class="stack">
      <${Figures} figures=${[
    [t("earned"), yuan(totals.earned_fen), t("yuan")], [t("paid"), yuan(totals.paid_fen), t("yuan")],
    [t("in_transit"), yuan(totals.in_transit_fen), t("yuan")], [t("balance"), yuan(totals.balance_fen), t("yuan")],
    [t("trees_sold"), count(totals.trees_sold)], [t("sink"), kilograms(totals.sink_g), t("kg")],
    [t("households"), count(totals.households)], [t("without"), count(totals.households_without_income)],
  ]} />
      ${years.answer && html`<${Chart} region=${region} year=${query.year} years=${years.answer.items} />`}
      ${items.length ? html`<${Table} caption=${t(`by.${level}`)} rows=${items} columns=${columns(level)} link=${link} total=${{ ...totals, name: t("total") }}
        exports=${[exported("CSV", address(`${REPORT}.csv`, { group_by: level, region, ...span(query.year) })), exported("Excel", address(`${REPORT}.xlsx`, { group_by: level, region, ...span(query.year) }))]} />`
    : html`<${Empty} title=${t("income.none")} hint=${t("income.none.hint")} />`}
      ${more && html`<p class="row"><span class="soft">${t("income.first", { count: count(MOST) })}</span><a class="tap" href=${`#${address("/income", { group_by: level, region, ...span(query.year) })}`}>${t("nav.income")} ›</a></p>`}
    </div>`}<//>`;
}

function Path({ who, region }) {
  const codes = chain(who.region.code, region);
  if (codes.length < 2) return null;
  const up = codes.at(-2);
  return html`<button type="button" class="button quiet no-print" onClick=${() => go(address("/", { region: up === who.region.code ? null : up }))}>‹ ${t("region.up")}</button>`;
}

export default function Overview({ query }) {
  const { who } = useOfficer();
  if (!who) return null;
  return html`<div class="stack">
    <${Heading} title=${t("nav.overview")} lead=${who.region.path}><${Path} who=${who} region=${query.region} /><//>
    ${!query.region && may("GET /officer/waiting") && html`<${WaitingForMe} />`}
    ${may("GET /officer/income") && html`<${Income} who=${who} query=${query} />`}
  </div>`;
}
