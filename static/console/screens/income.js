// The income report: by division, household, month or year, within any span, to look at and to take along.
import { address } from "../../shared/api.js";
import { useAnswer, useList } from "../../shared/calls.js";
import { count } from "../../shared/format.js";
import { Empty, Failure, Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-income.js";
import { below, LEVELS, moneyColumns, nameColumn, spreadColumns } from "../income-columns.js";
import { amend, Control, exported, Facts, Filters, Heading, Table, useOfficer } from "../parts.js";

addWords(WORDS);

const REPORT = "/officer/income";
const FIRST = "2018-01-01";

const columns = (group) => [
  nameColumn(group),
  ...moneyColumns(),
  { key: "per_person_fen", name: t("per_person"), unit: t("yuan"), kind: "money" },
  ...(group === "year" ? [{ key: "poverty_line", name: t("poverty_line"), value: (line) => lineText(line.poverty_line) }] : []),
  ...(group === "household" ? [] : spreadColumns()),
  { key: "trees_sold", name: t("trees_sold"), kind: "count" },
  { key: "trees_unsold", name: t("trees_unsold"), kind: "count" },
  { key: "sink_g", name: t("sink"), unit: t("kg"), kind: "kilograms" },
  ...(group === "household" ? [{ key: "place", name: t("place"), kind: "wide" }] : [
    { key: "households", name: t("households"), kind: "count" }, { key: "people", name: t("people"), kind: "count" },
    { key: "households_without_income", name: t("without"), kind: "count" }, { key: "households_never_paid", name: t("never_paid"), kind: "count" },
  ]),
];

/** A published line in words: yuan for each person in a year, never set against anybody's income. */
const lineText = (line) => line && [line.national_yuan !== null && t("line.national", { yuan: count(line.national_yuan) }), line.province_yuan !== null && t("line.province", { yuan: count(line.province_yuan) })].filter(Boolean).join(t("and"));

const lastOf = (month) => `${month}-${new Date(Number(month.slice(0, 4)), Number(month.slice(5)), 0).getDate()}`;

/** From and to, in the whole months or years that a report by time is made of. */
function Span({ group, from, to }) {
  const kind = group === "month" ? "month" : "day";
  if (group === "year") return null;
  const cut = (value) => (kind === "month" ? value?.slice(0, 7) : value);
  const set = (name) => (value) => {
    if (value && value < FIRST.slice(0, value.length)) return;
    amend({ [name]: value && kind === "month" ? (name === "from" ? `${value}-01` : lastOf(value)) : value });
  };
  return html`<div><${Control} field=${{ name: "from", kind, label: t("from"), optional: true, min: cut(FIRST) }} value=${cut(from)} onChange=${set("from")} /></div>
    <div><${Control} field=${{ name: "to", kind, label: t("to"), optional: true, min: cut(FIRST) }} value=${cut(to)} onChange=${set("to")} /></div>`;
}

/** Where a line leads: the next level's report, as the API itself names it; a household's statement. */
function link(line) {
  if (line.public_id) return `#/households/${line.public_id}/income`;
  const query = line.below.report?.split("?")[1];
  return query ? `#/income?${query}` : null;
}

export default function Income({ query }) {
  const { who } = useOfficer();
  if (!who) return null;
  const group = query.group_by ?? below(query.region ?? who.region.code);
  const asked = { group_by: group, region: query.region, from: query.from, to: query.to };
  return html`<div class="stack"><${Heading} title=${t("income")} lead=${t("income.lead")} />
    <${Filters} query=${query} fields=${[{ name: "region", kind: "region", label: t("region") }]}>
      <div><${Control} field=${{ name: "group_by", kind: "choice", label: t("group_by"), options: [...LEVELS, "month", "year"].map((one) => [one, t(`group.${one}`)]) }} value=${group}
        onChange=${(chosen) => amend({ group_by: chosen, ...(["month", "year"].includes(chosen) ? { from: null, to: null } : {}) })} /></div>
      <${Span} group=${group} from=${query.from} to=${query.to} />
    <//>
    <${Report} asked=${asked} group=${group} /></div>`;
}

function Report({ asked, group }) {
  // The first page says what holds for all of it: totals, and the line published for the year.
  const head = useAnswer(address(REPORT, { ...asked, limit: 1 }));
  const from = useList(REPORT, { ...asked, limit: 100 });
  const line = head.answer?.poverty_line;
  return html`
    ${line && html`<${Facts} title=${t("poverty_line.of", { year: line.year })} facts=${[[t("line"), lineText(line) || t("line.none")], [t("source"), line.source]]}><p class="small soft">${t("poverty_line.hint")}</p><//>`}
    <${Failure} error=${head.error} again=${head.again} />
    <${Listed} from=${from} empty=${html`<${Empty} title=${t("income.none")} hint=${t("income.none.hint")} />`}>
      ${(items) => html`<${Table} caption=${t(`by.${group}`)} rows=${items} columns=${columns(group)} link=${link} total=${head.answer && { ...head.answer.totals, name: t("total") }}
        exports=${[exported("CSV", address(`${REPORT}.csv`, asked)), exported("Excel", address(`${REPORT}.xlsx`, asked))]} />`}
    <//>`;
}
