// Changes in a household: a new head, trees that move, a merger, its contract; proposed by one officer, decided by another.
import { call } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { count, day, time, yuan } from "../../shared/format.js";
import { Empty, Loaded } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { at, HOUSEHOLD, HouseholdFrame } from "../household-frame.js";
import { Act, Badge, Control, Facts, may } from "../parts.js";

const KIND = { proposed: "warn", confirmed: "good", rejected: "bad" };
/** What each kind needs beside its day and reason. */
const NEEDS = {
  succession: () => [
    { name: "head_name", label: t("change.head_name"), max: 50, autocomplete: "off" }, { name: "identity", label: t("field.identity"), max: 30, autocomplete: "off" },
    { name: "phone", label: t("field.phone"), max: 30, optional: true, autocomplete: "off" }, { name: "sale_consent_on", kind: "day", label: t("household.sale_consent"), optional: true },
  ],
  split: () => [{ name: "to", label: t("change.to"), hint: t("change.to.hint"), max: 16 }, { name: "trees", kind: "long", label: t("change.trees"), hint: t("change.trees.hint") }],
  merge: () => [{ name: "to", label: t("change.to"), hint: t("change.to.hint"), max: 16 }],
  contract: () => [{ name: "contract_from", kind: "day", label: t("from") }, { name: "contract_to", kind: "day", label: t("to") }],
};
const usual = () => [{ name: "effective_on", kind: "day", label: t("change.effective_on") }, { name: "reason", kind: "long", label: t("reason"), hint: t("reason.hint"), min: 4, max: 200 }];

/** What was typed, without what was left empty; trees as a list. */
function wish(kind, given) {
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
  if (filled.trees) filled.trees = filled.trees.split(/[\s,，、]+/).filter(Boolean);
  return { kind, ...filled };
}

function Change({ id, one, again }) {
  const decide = (verdict) => async () => { await call("POST", at(id, `/changes/${one.id}/${verdict}`)); again(); };
  const outcome = Object.entries(one.outcome).map(([name, value]) => `${t(`outcome.${name}`)} ${name.endsWith("_fen") ? `${yuan(value)} ${t("yuan")}` : count(value)}`).join(t("and"));
  return html`<${Facts} title=${html`${t(`change.${one.kind}`)} <${Badge} kind=${KIND[one.state]}>${t(`change.${one.state}`)}<//>`} facts=${[
    [t("change.effective_on"), day(one.effective_on)], [t("reason"), one.reason], [t("change.household"), one.household], [t("change.to"), one.to],
    [t("change.trees"), one.trees.length > 0 && one.trees.join(" ")], [t("change.head_name"), one.head_name], [t("field.identity"), one.identity],
    [t("household.contract"), one.contract_from && `${day(one.contract_from)} – ${day(one.contract_to)}`], [t("change.outcome"), outcome],
    [t("change.proposed"), `${one.proposed_by} · ${time(one.proposed_at)}`], [t("change.decided"), one.decided_at && `${one.decided_by} · ${time(one.decided_at)}`],
  ]}>${one.state === "proposed" && html`<div class="row">
    ${may(`POST ${HOUSEHOLD}/changes/{change_id}/confirm`) && html`<${Act} words=${t("change.confirm")} kind="primary" act=${decide("confirm")} done=${t("change.confirm.done")}><p>${t("change.confirm.about")}</p><//>`}
    ${may(`POST ${HOUSEHOLD}/changes/{change_id}/reject`) && html`<${Act} words=${t("change.reject")} danger act=${decide("reject")} done=${t("change.reject.done")}><p>${t("change.reject.about")}</p><//>`}
  </div>`}<//>`;
}

function Propose({ id, again }) {
  const [kind, setKind] = useState("succession");
  const propose = async (given) => { await call("POST", at(id, "/changes"), { body: wish(kind, given) }); again(); };
  return html`<div class="row end"><${Control} field=${{ name: "kind", kind: "choice", label: t("change.kind"), options: Object.keys(NEEDS).map((one) => [one, t(`change.${one}`)]) }} value=${kind} onChange=${setKind} />
    <${Act} key=${kind} words=${t("change.propose")} title=${t(`change.${kind}`)} fields=${[...NEEDS[kind](), ...usual()]} act=${propose} done=${t("change.propose.done")}><p>${t(`change.${kind}.about`)}</p><//></div>`;
}

function Changes({ id }) {
  const from = useAnswer(at(id, "/changes"));
  return html`<div class="row apart"><h2>${t("part.changes")}</h2>${may(`POST ${HOUSEHOLD}/changes`) && html`<${Propose} id=${id} again=${from.again} />`}</div>
    <${Loaded} from=${from}>${({ items }) => (items.length ? html`<div class="stack">${items.map((one) => html`<${Change} key=${one.id} id=${id} one=${one} again=${from.again} />`)}</div>`
    : html`<${Empty} title=${t("change.none")} hint=${t("change.none.hint")} />`)}<//>`;
}

export default ({ id }) => html`<${HouseholdFrame} id=${id}>${() => html`<${Changes} id=${id} />`}<//>`;
