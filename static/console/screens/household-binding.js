// How a household is reached by phone: the code, the binding and its two people, and what the household said of its payments.
import { call } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { time } from "../../shared/format.js";
import { Button, Empty, Failure, Loaded, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { at, HOUSEHOLD, HouseholdFrame } from "../household-frame.js";
import { Act, Badge, Facts, may, Table } from "../parts.js";

const spaced = (code) => code.replace(/\W/g, "").replace(/(.{4})(?=.)/g, "$1 ");

function NewCode({ id, again, bound }) {
  const [made, setMade] = useState(null);
  const [busy, error, issue] = useAct(async () => { setMade(await call("POST", at(id, "/binding-codes"))); again(); });
  if (bound || !may(`POST ${HOUSEHOLD}/binding-codes`)) return null;
  return html`<div class="stack tight"><p><${Button} kind="primary" busy=${busy} onClick=${() => issue()}>${t("binding.issue")}<//></p><${Failure} error=${error} />
    ${made && html`<${Sheet} title=${t("binding.code")} onClose=${() => setMade(null)}>
      <p>${t("binding.code.about")}</p><p class="secret"><strong>${spaced(made.code)}</strong></p><p>${t("binding.until", { time: time(made.expires_at) })}</p>
      <p><${Button} onClick=${() => print()}>${t("print")}<//></p><//>`}</div>`;
}

function Binding({ id }) {
  const from = useAnswer(at(id, "/binding"));
  const act = (rest) => async () => { await call("POST", at(id, rest)); from.again(); };
  return html`<${Loaded} from=${from}>${({ code, binding }) => html`<div class="stack">
    ${binding ? html`<${Facts} title=${html`${t("binding")} <${Badge} kind=${binding.confirmed_at ? "good" : "warn"}>${t(binding.confirmed_at ? "binding.confirmed" : "binding.unconfirmed")}<//>`} facts=${[
    [t("binding.bound_at"), time(binding.bound_at)], [t("binding.issued_by"), binding.issued_by],
    [t("binding.confirmed_by"), binding.confirmed_at && `${binding.confirmed_by} · ${time(binding.confirmed_at)}`], [t("account.payable"), binding.payable_from && time(binding.payable_from)],
  ]}><div class="row">
      ${!binding.confirmed_at && may(`POST ${HOUSEHOLD}/binding/confirm`) && html`<${Act} words=${t("binding.confirm")} kind="primary" act=${act("/binding/confirm")} done=${t("binding.confirm.done")}><p>${t("binding.confirm.about")}</p><//>`}
      ${may(`POST ${HOUSEHOLD}/binding/end`) && html`<${Act} words=${t("binding.end")} danger done=${t("binding.end.done")} fields=${[{ name: "reason", kind: "long", label: t("reason"), hint: t("reason.hint"), min: 4, max: 200 }]}
        act=${async (given) => { await call("POST", at(id, "/binding/end"), { body: given }); from.again(); }}><p>${t("binding.end.about")}</p><//>`}</div><//>`
    : html`<section class="card stack tight"><h2>${t("binding")}</h2><p>${t("binding.none")}</p></section>`}
    ${code && html`<${Facts} title=${t("binding.open")} facts=${[[t("binding.issued_by"), code.issued_by], [t("binding.issued_at"), time(code.issued_at)], [t("binding.valid"), time(code.expires_at)], [t("binding.tries"), String(code.tries)]]}>
      ${may(`POST ${HOUSEHOLD}/binding-codes/withdraw`) && html`<div class="row"><${Act} words=${t("binding.withdraw")} act=${act("/binding-codes/withdraw")} done=${t("binding.withdraw.done")}><p>${t("binding.withdraw.about")}</p><//></div>`}<//>`}
    <${NewCode} id=${id} again=${from.again} bound=${binding !== null} /></div>`}<//>`;
}

const columns = () => [
  { key: "answered_at", name: t("time"), kind: "time" }, { key: "batch", name: t("batch") }, { key: "reference", name: t("posting.reference") },
  { key: "amount_fen", name: t("amount"), unit: t("yuan"), kind: "money" },
  { key: "kind", name: t("said"), value: ({ kind }) => t(`said.${kind}`), show: ({ kind }) => html`<${Badge} kind=${kind === "contested" ? "bad" : "good"}>${t(`said.${kind}`)}<//>` },
  { key: "reason", name: t("said.reason") },
];

function Said({ id }) {
  const from = useAnswer(at(id, "/payout-answers"));
  return html`<${Loaded} from=${from}>${({ items }) => (items.length ? html`<${Table} caption=${t("said.title")} rows=${items} columns=${columns()} file=${`payout-answers-${id}`} />`
    : html`<${Empty} title=${t("said.none")} hint=${t("said.none.hint")} />`)}<//>`;
}

export default ({ id }) => html`<${HouseholdFrame} id=${id}>${() => html`<${Binding} id=${id} />${may(`GET ${HOUSEHOLD}/payout-answers`) && html`<${Said} id=${id} />`}`}<//>`;
