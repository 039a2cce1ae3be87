// A household's payments: what became of each, and the household's word on it.
import { call } from "../../shared/api.js";
import { useAct, useList } from "../../shared/calls.js";
import { fetchAndSave } from "../../shared/files.js";
import { day } from "../../shared/format.js";
import { Button, Empty, Failure, Field, Listed, say, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { inWechat } from "../buyer.js";
import { lookUntil } from "../patience.js";
import { Agree } from "./agreeing.js";

const KINDS = { on_its_way: "warn", to_collect: "warn", paid: "good", came_back: "bad" };

function Contest({ payout, onDone, onClose }) {
  const [reason, setReason] = useState("");
  const [busy, error, act] = useAct(async () => {
    onDone(await call("POST", `/household/payouts/${payout.id}/contest`, { body: { reason: reason.trim() } }));
    say(t("payout.contested.said"));
  });
  return html`<${Sheet} title=${t("payout.contest")} onClose=${onClose}>
    <form class="stack" onSubmit=${(event) => { event.preventDefault(); act(); }}>
      <p>${payout.sentence}</p>
      <p class="small soft">${t("payout.contest.text")}</p>
      <${Field} id="contest-reason" label=${t("payout.reason")} hint=${t("payout.reason.hint")} problem=${error?.fields?.reason?.join?.(" ")} control=${(given) => html`
        <textarea ...${given} rows="3" maxlength="200" required value=${reason} onInput=${(event) => setReason(event.target.value)}></textarea>`} />
      <${Failure} error=${error} />
      <${Button} kind="primary" wide type="submit" busy=${busy} disabled=${!reason.trim()}>${t("payout.contest.act")}<//>
    </form>
  <//>`;
}

function Receipt({ payout }) {
  const [busy, error, take] = useAct(() => fetchAndSave(`/household/payouts/${payout.id}/receipt.pdf`));
  // WeChat's browser keeps no files.
  if (inWechat) return html`<p class="small soft">${t("payout.receipt.in_wechat")}</p>`;
  return html`<${Button} wide busy=${busy} onClick=${take}>${t("payout.receipt")}<//><${Failure} error=${error} />`;
}

/** The payment as the list has it now. */
const asItStands = async (payout) => (await call("GET", "/household/payouts")).items.find(({ id }) => id === payout.id) ?? payout;

function Collect({ payout, onTaken }) {
  const taken = async () => {
    const found = await lookUntil(({ state }) => state !== "to_collect", () => asItStands(payout));
    say(t(found.state === "paid" ? "payout.collected" : "payout.collect.not_yet"));
    onTaken(found);
  };
  return html`<p class="notice warn">${t("payout.collect.text")}</p>
    <${Agree} name=${t("payout.collect")} prepare=${() => call("POST", `/household/payouts/${payout.id}/collect`)} onAgreed=${taken} />`;
}

function Payout({ payout: first, onTaken }) {
  const [payout, setPayout] = useState(first);
  const [contesting, setContesting] = useState(false);
  const [busy, error, confirm] = useAct(async () => {
    setPayout(await call("POST", `/household/payouts/${payout.id}/confirm`));
    say(t("payout.confirmed.said"));
  });
  return html`<li class="card stack tight">
    <p class="row apart"><span class="small soft">${day(payout.paid_at ?? payout.failed_at ?? payout.released_at)}</span><span class=${`badge ${KINDS[payout.state]}`}>${t(`payout.state.${payout.state}`)}</span></p>
    <p class="sentence">${payout.sentence}</p>
    ${payout.bounce_reason && html`<p>${t(`payout.bounce.${payout.bounce_reason}`)}</p>`}
    ${payout.confirmed_at && html`<p class="notice">${t("payout.confirmed", { day: day(payout.confirmed_at) })}</p>`}
    ${payout.contested_at && html`<p class="notice warn">${t("payout.contested", { day: day(payout.contested_at) })}</p>`}
    ${payout.state === "to_collect" && html`<${Collect} payout=${payout} onTaken=${(found) => { setPayout(found); onTaken(); }} />`}
    ${payout.may_confirm && payout.state !== "to_collect" && html`<${Button} kind=${payout.contested_at ? "" : "primary"} wide busy=${busy} onClick=${confirm}>${t("payout.confirm")}<//>`}
    <${Failure} error=${error} />
    ${payout.may_contest && html`<${Button} wide onClick=${() => setContesting(true)}>${t("payout.contest")}<//>`}
    ${payout.state === "paid" && html`<${Receipt} payout=${payout} />`}
    ${contesting && html`<${Contest} payout=${payout} onClose=${() => setContesting(false)} onDone=${(changed) => { setContesting(false); setPayout(changed); }} />`}
  </li>`;
}

/** Every payment; `onTaken` is called once the household has taken one. */
export function Payouts({ onTaken }) {
  const payouts = useList("/household/payouts");
  return html`<section class="stack"><h2>${t("payout.title")}</h2>
    <${Listed} from=${payouts} empty=${html`<${Empty} title=${t("payout.none")} hint=${t("payout.none.hint")} />`}>
      ${(items) => html`<ul class="stack">${items.map((payout) => html`<${Payout} key=${payout.id} payout=${payout} onTaken=${onTaken} />`)}</ul>`}<//>
  </section>`;
}
