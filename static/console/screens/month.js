// A month of the book: what the counties' households earned and were paid, and the accounts of the whole.
import { useAnswer } from "../../shared/calls.js";
import { time, yuan } from "../../shared/format.js";
import { Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-control.js";
import { exported, Facts, Heading, Table } from "../parts.js";

addWords(WORDS);

const COUNTY = ["start", "earned", "refunded", "moved_in", "moved_out", "released", "bounced", "returned", "corrected", "end", "in_transit_start", "paid", "in_transit_end"];
const ACCOUNT = ["start", "in", "out", "end"];
const money = (name) => ({ key: `${name}_fen`, name: t(`month.${name}`), unit: t("yuan"), kind: "money" });

/** What an account of the book is called; one of a year or kind of its own by its name. */
function accountName({ account }) {
  const words = t(`account_of_book.${account}`);
  return words.startsWith("account_of_book.") ? account : words;
}

export default function Month({ month }) {
  const from = useAnswer(`/officer/months/${encodeURIComponent(month)}`);
  return html`<div class="stack"><${Heading} title=${t("month.title", { month })} back=${[t("months"), "/months"]} />
    <${Loaded} from=${from}>${(one) => html`
      <${Facts} facts=${[[t("month.closed_at"), one.closed_at ? time(one.closed_at) : t("month.open")], [t("month.sum"), `${yuan(one.sum_fen)} ${t("yuan")}`], ["SHA-256", one.sha256 && html`<code class="breaks">${one.sha256}</code>`]]}>
        ${one.sum_fen !== 0 && html`<p class="notice bad">${t("month.sum.wrong")}</p>`}<//>
      ${one.counties.length ? html`<${Table} caption=${t("month.counties")} rows=${one.counties} exports=${[exported("CSV", `/officer/months/${month}.csv`)]}
        columns=${[{ key: "name", name: t("region.level.2"), value: ({ name, county }) => name ?? (county || t("month.several")) }, ...COUNTY.map(money)]} />` : html`<p class="card soft">${t("month.nothing")}</p>`}
      ${one.accounts.length > 0 && html`<${Table} caption=${t("month.accounts")} rows=${one.accounts} file=${`danzhu-accounts-${month}`} columns=${[{ key: "account", name: t("month.account"), value: accountName }, ...ACCOUNT.map(money)]} />
      <p class="small soft">${t("month.accounts.about")}</p>`}`}<//></div>`;
}
