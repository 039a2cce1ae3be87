// The cashier: one order, its time, and the way to pay it; it finds out by itself what became of a payment.
import { call } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { count, kilograms, price } from "../../shared/format.js";
import { keep, kept } from "../../shared/kept.js";
import { Button, Failure, Loaded, Sheet, Waiting } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html, useEffect, useState } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/client-buying.js";
import { demo, inWechat } from "../buyer.js";
import { findOut, wechatSheet } from "../buying/payment.js";
import { Countdown, useSecondsUntil } from "../countdown.js";
import { agreeInDemo } from "../sandbox.js";
import { ForBuyer, OpenInWechat } from "../sign_in.js";

addWords(WORDS);

/** The order whose sheet was opened: after a page was closed in the middle, what became of it is asked first. */
const NAME = "paying";
/** WeChat takes no payment for an order in its last minute. */
const LAST_SECONDS = 60;

function DemoSheet({ order, prepared, onPaid, onLeft }) {
  const [busy, error, pay] = useAct(async () => {
    await agreeInDemo("cashier", prepared);
    onPaid();
  });
  return html`<${Sheet} title=${t("cashier.demo")} onClose=${onLeft}>
    <p class="demo-band">${t("cashier.demo.text")}</p>
    <p class="cashier-amount">${price(order.amount_fen)}</p>
    <${Failure} error=${error} />
    <${Button} kind="primary" wide busy=${busy} onClick=${pay}>${t("cashier.demo.pay")}<//>
    <${Button} wide disabled=${busy} onClick=${onLeft}>${t("cashier.demo.leave")}<//>
  <//>`;
}

function Cashier({ order: first }) {
  const [order, setOrder] = useState(first);
  const [prepared, setPrepared] = useState(null);
  const seconds = useSecondsUntil(order.expires_at);
  const { number } = order;

  const settle = (found) => {
    setOrder(found);
    if (found.status === "pending") return;
    keep(NAME, null);
    go(`/orders/${number}`, { replace: true });
  };
  const [asking, notTold, ask] = useAct(async (patient) => settle(await findOut(number, { patient })));
  const [opening, notOpened, open] = useAct(async () => {
    const parameters = await call("POST", `/orders/${number}/payment`);
    keep(NAME, number);
    if (demo) setPrepared(parameters.package);
    else await ask((await wechatSheet(parameters)) === "ok");
  });
  const [cancelling, notCancelled, cancel] = useAct(async () => settle(await call("POST", `/orders/${number}/cancel`)));

  useEffect(() => {
    if (kept(NAME) === number) ask(false);
    const back = () => kept(NAME) === number && ask(true);
    addEventListener("online", back);
    return () => removeEventListener("online", back);
  }, [number]);

  const busy = asking || opening || cancelling;
  const late = seconds <= LAST_SECONDS;
  return html`<div class="stack">
    <h1>${t("cashier.title")}</h1>
    <section class="card stack tight center">
      <p class="soft">${t("cashier.order", { number })}</p>
      <p class="cashier-amount">${price(order.amount_fen)}</p>
      <p>${t("quote.what", { count: count(order.count), year: order.year, kg: kilograms(order.sink_g) })}</p>
      <p class="soft">${t(order.purpose === "gift" ? "cashier.from" : "cashier.holder", { name: order.holder_name })}</p>
      <p><${Countdown} seconds=${seconds} /></p>
    </section>
    ${asking && html`<section class="notice stack tight" role="status"><p><strong>${t("cashier.asking")}</strong></p><p class="small">${t("cashier.asking.text")}</p><${Waiting} lines=${1} /></section>`}
    ${notTold && html`<section class="notice bad stack tight" role="alert"><p>${notTold.message}</p><p class="small">${t("cashier.not_told")}</p>
      <${Button} kind="primary" wide onClick=${() => ask(true)}>${t("cashier.ask_again")}<//></section>`}
    <${Failure} error=${notOpened} /><${Failure} error=${notCancelled} />
    ${late && html`<p class="notice warn">${t("cashier.late")}</p>`}
    ${notTold ? null : inWechat || demo
      ? html`<${Button} kind="primary" wide busy=${opening} disabled=${busy || late} onClick=${open}>${t("cashier.pay", { price: price(order.amount_fen) })}<//>`
      : html`<section class="card"><${OpenInWechat} /></section>`}
    ${!notTold && html`<${Button} wide disabled=${busy} onClick=${() => ask(true)}>${t("cashier.paid_already")}<//>`}
    <${Button} kind="quiet" wide busy=${cancelling} disabled=${busy} onClick=${cancel}>${t("order.cancel")}<//>
    <p class="small soft">${t("cashier.keep")}</p>
    ${prepared && html`<${DemoSheet} order=${order} prepared=${prepared}
      onPaid=${() => { setPrepared(null); ask(true); }} onLeft=${() => { setPrepared(null); ask(false); }} />`}
  </div>`;
}

function Pay({ number }) {
  const order = useAnswer(`/orders/${encodeURIComponent(number)}`);
  const settled = order.answer && order.answer.status !== "pending";
  useEffect(() => { if (settled) go(`/orders/${number}`, { replace: true }); }, [settled]);
  return html`<${Loaded} from=${order}>${(answer) => (settled ? html`<${Waiting} />` : html`<${Cashier} order=${answer} />`)}<//>`;
}

export default ({ number }) => html`<${ForBuyer} hint=${t("cashier.first")}><${Pay} number=${number} /><//>`;
