// Accounts that somebody entered and nobody has decided: one by one at the household, or a village's or a sheet's together, as they were seen.
import { call } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { count } from "../../shared/format.js";
import { Button, Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS as HOUSEHOLDS } from "../../words/console-households.js";
import { WORDS } from "../../words/console-registry.js";
import { Division } from "../division.js";
import { Act, Badge, Filters, Heading, may, Nothing, Table } from "../parts.js";

addWords(HOUSEHOLDS);
addWords(WORDS);

const VILLAGE_DIGITS = 12;
const MOST_TOGETHER = 1000;

const columns = () => [
  { key: "number", name: t("household.number"), kind: "number" },
  { key: "head_name", name: t("household.name"), show: ({ head_name: name }) => html`<span class="nowrap">${name}</span>` },
  { key: "holder_name", name: t("account.holder"), value: ({ holder_name: name, is_head: same }) => (same ? name : `${name} (${t("undecided.not_head")})`),
    show: ({ holder_name: name, is_head: same }) => html`<span class="nowrap">${name}</span> ${!same && html`<${Badge} kind="bad">${t("undecided.not_head")}<//>`}` },
  { key: "bank", name: t("field.bank"), kind: "wide" },
  { key: "account", name: t("account.number") },
  { key: "channel", name: t("account.channel"), value: ({ channel }) => t(`channel.${channel}`) },
  { key: "editor", name: t("account.entered") },
  { key: "proposed_at", name: t("time"), kind: "time" },
  { key: "import_id", name: t("undecided.sheet"), show: ({ import_id: id }) => (id && may("GET /officer/imports/{import_id}") ? html`<a class="tap" href=${`#/imports/${id}`}>${id}</a>` : (id ?? "—")) },
  { key: "confirmable", name: t("undecided.together"), value: ({ confirmable }) => t(confirmable ? "yes" : "undecided.alone") },
  { key: "region_code", name: t("place"), kind: "wide", show: ({ region_code: code }) => html`<${Division} code=${code} />` },
];

/** Confirms what is in the list, up to its last line: the server refuses where that has changed meanwhile. */
function Together({ items, query, again }) {
  const seen = items.slice(0, MOST_TOGETHER).filter(({ confirmable }) => confirmable);
  const village = query.region?.length === VILLAGE_DIGITS;
  if (!village && !query.import_id) return html`<p class="notice">${t("undecided.choose")}</p>`;
  if (!seen.length) return html`<p class="notice">${t("undecided.nothing")}</p>`;
  const strangers = seen.filter(({ is_head: same }) => !same).length;
  const confirm = () => call("POST", "/officer/accounts/confirm", { body: {
    ...(village && { region: query.region }), ...(query.import_id && { import_id: Number(query.import_id) }),
    last_id: seen.at(-1).id, count: seen.length,
  } });
  return html`<div class="row"><${Act} words=${t("undecided.confirm", { count: count(seen.length) })} kind="primary" act=${confirm} onDone=${again} done=${t("undecided.done")}>
    <p>${t("undecided.about", { count: count(seen.length) })}</p>
    ${strangers > 0 && html`<p class="notice bad">${t("undecided.strangers", { count: count(strangers) })}</p>`}<//>
    <${Button} onClick=${again}>${t("undecided.again")}<//></div>`;
}

export default function Accounts({ query }) {
  const region = query.import_id && query.region?.length !== VILLAGE_DIGITS ? null : query.region;
  const from = useList("/officer/accounts", { state: "undecided", region, import_id: query.import_id, limit: 100 });
  return html`<div class="stack"><${Heading} title=${t("nav.accounts")} lead=${t("undecided.lead")} />
    <${Filters} query=${query} fields=${[
    { name: "region", kind: "region", label: t("region") },
    { name: "import_id", label: t("undecided.sheet"), hint: t("undecided.sheet.hint"), inputmode: "numeric", pattern: "[0-9]+", max: 15 },
  ]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("undecided.none")} hint=${t("undecided.none.hint")} query=${query} />`}>
      ${(items) => html`<div class="stack">
        ${may("POST /officer/accounts/confirm") && html`<${Together} items=${items} query=${query} again=${from.again} />`}
        <${Table} caption=${t("nav.accounts")} rows=${items} from=${from} columns=${columns()} link=${({ public_id: id }) => `#/households/${id}/accounts`} file="danzhu-accounts" /></div>`}
    <//></div>`;
}
