// What a household agrees to: the four consents as they stand, in the words to ask them in, and their history.
import { call } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { Empty, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { at, HOUSEHOLD, HouseholdFrame } from "../household-frame.js";
import { Act, Badge, may, Table } from "../parts.js";

const today = () => new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10); // in Asia/Shanghai

const columns = () => [
  { key: "kind", name: t("consent"), value: ({ kind }) => t(`consent.${kind}`) },
  { key: "given_on", name: t("consent.given_on"), kind: "day" }, { key: "witness", name: t("consent.witness") },
  { key: "text_version", name: t("consent.version") },
  { key: "recorded_at", name: t("consent.recorded_at"), kind: "time" }, { key: "recorded_by", name: t("consent.recorded_by") },
  { key: "withdrawn_on", name: t("consent.withdrawn_on"), kind: "day" }, { key: "withdrawal_recorded_by", name: t("consent.withdrawal_by") },
];

function State({ id, one, again }) {
  const give = async (given) => { await call("POST", at(id, "/consents"), { body: { kind: one.kind, text_version: one.text_version, ...given } }); again(); };
  const withdraw = async (given) => { await call("POST", at(id, `/consents/${one.kind}/withdraw`), { body: given }); again(); };
  const name = t(`consent.${one.kind}`);
  return html`<li class="card stack tight"><h2>${name} <${Badge} kind=${one.stands ? "good" : ""}>${t(one.stands ? "consent.stands" : "consent.missing")}<//></h2>
    <p>${one.text}</p>
    <div class="row">${!one.stands && may(`POST ${HOUSEHOLD}/consents`) && html`<${Act} words=${t("consent.give")} title=${name} act=${give} done=${t("consent.give.done")}
        fields=${[{ name: "given_on", kind: "day", label: t("consent.given_on"), value: today(), max: today() }, { name: "witness", label: t("consent.witness"), hint: t("consent.witness.hint"), min: 2, max: 40, autocomplete: "off" }]}><p>${one.text}</p><//>`}
      ${one.stands && may(`POST ${HOUSEHOLD}/consents/{kind}/withdraw`) && html`<${Act} words=${t("consent.withdraw")} title=${name} danger act=${withdraw} done=${t("consent.withdraw.done")}
        fields=${[{ name: "withdrawn_on", kind: "day", label: t("consent.withdrawn_on"), value: today(), max: today() }]}><p>${t(one.kind === "sale" ? "consent.withdraw.sale" : "consent.withdraw.about")}</p><//>`}</div></li>`;
}

function Consents({ id, onChange }) {
  const from = useAnswer(at(id, "/consents"));
  const again = () => { from.again(); onChange(); };
  return html`<${Loaded} from=${from}>${({ states, items }) => html`<div class="stack">
    <ul class="stack">${states.map((one) => html`<${State} key=${one.kind} id=${id} one=${one} again=${again} />`)}</ul>
    ${items.length ? html`<${Table} caption=${t("consent.history")} rows=${items} columns=${columns()} file=${`consents-${id}`} />` : html`<${Empty} title=${t("consent.none")} hint=${t("consent.none.hint")} />`}
  </div>`}<//>`;
}

export default ({ id }) => html`<${HouseholdFrame} id=${id}>${(_, again) => html`<${Consents} id=${id} onChange=${again} />`}<//>`;
