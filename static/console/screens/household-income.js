// A household's statement: every credit with its certificate, every payout and what became of it; to read, to print, to take along.
import { useAnswer } from "../../shared/calls.js";
import { count, kilograms, time, yuan } from "../../shared/format.js";
import { Button, Empty, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { at, HouseholdFrame } from "../household-frame.js";
import { Badge, DownloadButton, Figures, Table } from "../parts.js";

const KIND = { paid: "good", arrived: "good", in_transit: "warn", released: "warn", refunded: "", bounced: "bad", returned: "bad" };
const FILES = { CSV: ".csv", Excel: ".xlsx", PDF: ".pdf" };

const state = (name) => ({ key: "state", name: t("state"), value: (line) => t(`${name}.${line.state}`), show: (line) => html`<${Badge} kind=${KIND[line.state]}>${t(`${name}.${line.state}`)}<//>` });
const creditColumns = () => [
  { key: "day", name: t("day"), kind: "day" },
  { key: "amount_fen", name: t("amount"), unit: t("yuan"), kind: "money" },
  { key: "certificate", name: t("certificate"), show: ({ certificate }) => html`<a class="tap" href=${`/c/${certificate}`} target="_blank" rel="noopener">${certificate}</a>` },
  { key: "order", name: t("order") },
  { key: "year", name: t("tree_year") },
  { key: "trees", name: t("trees"), kind: "count" },
  { key: "sink_g", name: t("sink"), unit: t("kg"), kind: "kilograms" },
  state("credit"),
  { key: "payable_from", name: t("payable_from"), kind: "day" },
];
const payoutColumns = () => [
  { key: "day", name: t("day"), kind: "day" },
  { key: "batch", name: t("batch") },
  { key: "amount_fen", name: t("amount"), unit: t("yuan"), kind: "money" },
  state("payout"),
  { key: "said", name: t("said"), value: ({ said }) => said.map((one) => t(`said.${one}`)).join(t("and")) },
];

function Statement({ id }) {
  const from = useAnswer(at(id, "/income"));
  return html`<${Loaded} from=${from}>${(shown) => html`<div class="stack">
    <section class="card stack tight no-print"><h2>${t("statement.take")}</h2>
      <div class="row">${Object.entries(FILES).map(([format, end]) => html`<${DownloadButton} path=${at(id, `/income${end}`)}>${t("table.export", { format })}<//>`)}
        <${DownloadButton} path=${at(id, "/income-plain.pdf")}>${t("statement.plain")}<//><${Button} onClick=${() => print()}>${t("print")}<//></div>
      <p class="small soft">${t("statement.plain.hint")}</p></section>
    <p class="soft">${t("statement.as_of", { time: time(shown.as_of) })}</p>
    ${shown.agrees_with_ledger ? html`<p class="notice">${t("statement.agrees")}</p>` : html`<p class="notice bad" role="alert">${t("statement.differs", { book: yuan(shown.ledger_balance_fen), here: yuan(shown.balance_fen) })}</p>`}
    <${Figures} figures=${[
    [t("earned"), yuan(shown.earned_fen), t("yuan")], [t("paid"), yuan(shown.paid_fen), t("yuan")], [t("in_transit"), yuan(shown.in_transit_fen), t("yuan")],
    [t("balance"), yuan(shown.balance_fen), t("yuan")], [t("trees_sold"), count(shown.trees_sold)], [t("sink"), kilograms(shown.sink_g), t("kg")]]} />
    ${shown.credits.length ? html`<${Table} caption=${t("statement.credits")} rows=${shown.credits} columns=${creditColumns()} file=${`credits-${id}`} />`
    : html`<${Empty} title=${t("statement.no_credits")} hint=${t("statement.no_credits.hint")} />`}
    ${shown.payouts.length ? html`<${Table} caption=${t("statement.payouts")} rows=${shown.payouts} columns=${payoutColumns()} file=${`payouts-${id}`} />`
    : html`<${Empty} title=${t("statement.no_payouts")} hint=${t("statement.no_payouts.hint")} />`}
  </div>`}<//>`;
}

export default ({ id }) => html`<${HouseholdFrame} id=${id}>${() => html`<${Statement} id=${id} />`}<//>`;
