// Where a household is paid: entered by one officer, decided by another; never in full.
import { call } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { time } from "../../shared/format.js";
import { Empty, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { at, HOUSEHOLD, HouseholdFrame } from "../household-frame.js";
import { Act, Badge, Facts, may } from "../parts.js";

const KIND = { proposed: "warn", confirmed: "good", refused: "bad" };
const fields = () => [
  { name: "bank", label: t("field.bank"), hint: t("account.bank.hint"), min: 2, max: 64 },
  { name: "account", label: t("account.number"), inputmode: "numeric", autocomplete: "off", max: 40 },
  { name: "holder_name", label: t("account.holder"), hint: t("account.holder.hint"), optional: true, max: 50, autocomplete: "off" },
  { name: "reason", kind: "long", label: t("reason"), hint: t("reason.hint"), min: 2, max: 200 },
];

function Version({ id, one, again }) {
  const decide = (verdict) => async () => { await call("POST", at(id, `/accounts/${one.id}/${verdict}`)); again(); };
  const open = one.state === "proposed";
  const over = one.ended_at !== null;
  return html`<${Facts} title=${html`${one.bank} ${one.account} <${Badge} kind=${over ? "" : KIND[one.state]}>${t(over && one.state === "confirmed" ? "account.over" : `account.${one.state}`)}<//>`} facts=${[
    [t("account.holder"), one.holder_name], [t("account.channel"), t(`channel.${one.channel}`)], [t("account.origin"), t(`origin.${one.origin}`)],
    [t("reason"), one.reason],
    [t("account.entered"), [one.editor, time(one.proposed_at)].filter(Boolean).join(" · ")],
    [t("account.decided"), one.started_at && [one.confirmer, time(one.started_at)].filter(Boolean).join(" · ")],
    [t("account.payable"), one.payable_from && time(one.payable_from)], [t("account.ended"), one.ended_at && time(one.ended_at)],
  ]}>${open && html`<div class="row">
      ${may(`POST ${HOUSEHOLD}/accounts/{account_id}/confirm`) && html`<${Act} words=${t("account.confirm")} kind="primary" act=${decide("confirm")} done=${t("account.confirm.done")}><p>${t("account.confirm.about", { bank: one.bank, account: one.account, holder: one.holder_name })}</p><//>`}
      ${may(`POST ${HOUSEHOLD}/accounts/{account_id}/refuse`) && html`<${Act} words=${t("account.refuse")} danger act=${decide("refuse")} done=${t("account.refuse.done")}><p>${t("account.refuse.about")}</p><//>`}
    </div>`}<//>`;
}

function Accounts({ id }) {
  const from = useAnswer(at(id, "/accounts"));
  const propose = async ({ holder_name: holder, ...given }) => {
    await call("POST", at(id, "/accounts"), { body: { ...given, ...(holder.trim() && { holder_name: holder }) } });
    from.again();
  };
  return html`<div class="row apart"><h2>${t("part.accounts")}</h2>
      ${may(`POST ${HOUSEHOLD}/accounts`) && html`<${Act} words=${t("account.enter")} fields=${fields()} act=${propose} done=${t("account.entered.done")}><p>${t("account.enter.about")}</p><//>`}</div>
    <${Loaded} from=${from}>${({ items }) => (items.length ? html`<div class="stack">${items.map((one) => html`<${Version} key=${one.id} id=${id} one=${one} again=${from.again} />`)}</div>`
    : html`<${Empty} title=${t("account.none")} hint=${t("account.none.hint")} />`)}<//>`;
}

export default ({ id }) => html`<${HouseholdFrame} id=${id}>${() => html`<${Accounts} id=${id} />`}<//>`;
