// A business day of ours beside WeChat's bills and the bank's statement, with what differs.
import { useAnswer } from "../../shared/calls.js";
import { count, day, time } from "../../shared/format.js";
import { Empty, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-control.js";
import { thing, Told, toldLine } from "../facts.js";
import { Badge, Facts, Filters, Heading, may, Table } from "../parts.js";

addWords(WORDS);

const KIND = { waiting: "warn", balanced: "good", differs: "bad" };
/** Yesterday in Asia/Shanghai: bills come on the day after. */
const yesterday = () => new Date(Date.now() - 16 * 3600_000).toISOString().slice(0, 10);
const money = (key) => ({ key: `${key}_fen`, name: t(`side.${key}`), unit: t("yuan"), kind: "money" });
const FIGURES = ["payments", "refunds", "fee", "fee_returned", "settled", "topped_up", "wechat"];

const differenceColumns = () => [
  { key: "subject", name: t("audit.subject"), value: ({ subject }) => thing(subject) },
  { key: "source", name: t("difference.source"), value: ({ source }) => t(`source.${source}`) },
  { key: "verdict", name: t("difference.verdict"), value: ({ verdict }) => t(`difference.${verdict}`) },
  { key: "facts", name: t("audit.facts"), value: ({ facts }) => toldLine(facts), show: ({ facts }) => html`<${Told} facts=${facts} />` },
  { key: "incident", name: t("incident"), value: ({ incident }) => incident?.title, show: ({ incident }) => (incident ? html`<a class="tap" href=${`#/incidents/${incident.id}`}>${incident.title}</a>` : "—") },
];

const Day = ({ one }) => html`
  <${Facts} title=${html`${day(one.day)} <${Badge} kind=${KIND[one.state]}>${t(`day.${one.state}`)}<//>`} facts=${[
    [t("day.missing"), one.bills_missing.map((bill) => t(`bill.${bill}`)).join(t("and"))], [t("day.at"), one.reconciled_at && time(one.reconciled_at)],
    [t("day.runs"), count(one.runs)], [t("day.fee"), one.fee_booked_at && time(one.fee_booked_at)],
  ]} />
  ${one.figures.payments && html`<${Table} caption=${t("day.figures")} file=${`danzhu-reconciliation-${one.day}`} rows=${FIGURES.filter((name) => one.figures[name]).map((name) => ({ name: t(`figure.${name}`), ...one.figures[name] }))}
    columns=${[{ key: "name", name: t("day.what") }, { key: "bill_count", name: t("day.count"), kind: "count" }, money("bill"), money("fund"), money("book")]} />`}
  ${one.differences.length ? html`<${Table} caption=${t("differences")} rows=${one.differences} columns=${differenceColumns()} file=${`danzhu-differences-${one.day}`} />`
    : html`<p class="card soft">${t(one.state === "waiting" ? "differences.later" : "differences.none")}</p>`}`;

export default function Reconciliations({ query }) {
  const chosen = query.day || yesterday();
  const from = useAnswer(`/officer/reconciliations/${chosen}`);
  return html`<div class="stack"><${Heading} title=${t("reconciliations")} lead=${t("reconciliations.lead")}>
      ${may("GET /officer/incidents") && html`<a class="button" href="#/incidents">${t("incidents")}</a>`}<//>
    <${Filters} query=${{ day: chosen }} fields=${[{ name: "day", kind: "day", label: t("day"), min: "2020-01-01", optional: false }]} />
    ${from.error?.status === 404 ? html`<${Empty} title=${t("day.none")} hint=${t("day.none.hint")} />` : html`<${Loaded} from=${from}>${(one) => html`<${Day} one=${one} />`}<//>`}</div>`;
}
