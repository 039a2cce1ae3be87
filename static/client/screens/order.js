// One order: where it stands, what to do next, where its money is, and its receipt.
import { call } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { count, kilograms, price, time } from "../../shared/format.js";
import { Button, Empty, Failure, Loaded } from "../../shared/parts.js";
import { html, useEffect, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Countdown, useSecondsUntil } from "../countdown.js";
import { GiftOut } from "../orders/gift.js";
import { RefundSheet } from "../orders/refund.js";
import { State, summary } from "../order_parts.js";
import { ForBuyer } from "../sign_in.js";

/** How often an order is looked at while something happens to it, in milliseconds. */
const LOOK_MS = 15_000;

function Pending({ order, renew }) {
  const seconds = useSecondsUntil(order.expires_at);
  const [asking, notTold, ask] = useAct(async () => renew(await call("POST", `/orders/${order.number}/sync`)));
  const [cancelling, notCancelled, cancel] = useAct(async () => renew(await call("POST", `/orders/${order.number}/cancel`)));
  return html`
    <p><${Countdown} seconds=${seconds} /></p>
    <p>${t(seconds > 0 ? "order.pending.text" : "order.pending.over")}</p>
    ${seconds > 0 && html`<a class="button primary wide" href=${`#/orders/${order.number}/pay`}>${t("cashier.go_on", { price: price(order.amount_fen) })}</a>`}
    <${Button} wide busy=${asking} disabled=${cancelling} onClick=${ask}>${t("order.ask")}<//>
    <${Button} kind="quiet" wide busy=${cancelling} disabled=${asking} onClick=${cancel}>${t("order.cancel")}<//>
    <${Failure} error=${notTold} /><${Failure} error=${notCancelled} />`;
}

/** The certificate with the token that opens all of it; without one where the list does not say it. */
function Certificate({ serial }) {
  const { answer } = useAnswer("/certificates?limit=100");
  const url = answer?.items.find((one) => one.serial === serial)?.url;
  return html`<a class="button primary wide" href=${url ? new URL(url, location.href).pathname + new URL(url, location.href).search : `/c/${serial}`}>${t("order.certificate")}</a>
    <p class="small soft">${t("order.certificate.serial", { serial })}</p>`;
}

function Paid({ order, renew }) {
  return html`
    <p class="thanks"><svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="20" /><path d="M15 25l6 6 12-13" /></svg>
      ${t("order.paid.text", { price: price(order.amount_fen) })}</p>
    ${order.words_state === "review" && html`<p class="notice warn">${t("order.words.review")}</p>`}
    ${order.certificate && html`<${Certificate} serial=${order.certificate} />`}
    ${order.gift_status && html`<${GiftOut} order=${order} renew=${renew} />`}
    ${!order.certificate && !order.gift_status && html`<p class="soft">${t("order.certificate.soon")}</p>`}`;
}

function Closed({ order, renew }) {
  const [asking, notTold, ask] = useAct(async () => renew(await call("POST", `/orders/${order.number}/sync`)));
  return html`<p>${t("order.closed.text")}</p>
    <a class="button primary wide" href=${`#/buy?count=${order.count}`}>${t("order.buy_again")}</a>
    <${Button} wide busy=${asking} onClick=${ask}>${t("order.ask")}<//>
    <${Failure} error=${notTold} />`;
}

const Told = ({ order }) => html`<p>${t(`order.${order.status}.text`, { price: price(order.money.refunded_fen || order.amount_fen) })}</p>`;

const BY_STATUS = { pending: Pending, paid: Paid, closed: Closed, refunding: Told, refunded: Told };

/** Where the money is; "in full" only where payouts prove it. */
function Money({ money }) {
  const { to_households_fen: owed, paid_out_fen: paid, refunded_fen: back } = money;
  const step = owed === 0 ? "nothing" : paid >= owed ? "arrived" : paid ? "partly" : "owed";
  return html`<section class="card stack tight">
    <h2>${t("money.title")}</h2>
    <p>${t(`money.${step}`, { owed: price(owed), paid: price(paid) })}</p>
    ${back > 0 && html`<p>${t("money.back", { price: price(back) })}</p>`}
  </section>`;
}

const Fact = ({ name, children }) => html`<div><dt>${name}</dt><dd>${children}</dd></div>`;

function Receipt({ order }) {
  const { answer: programme } = useAnswer("/programme");
  return html`<section class="card stack">
    <h2>${t("receipt.title")}</h2>
    <dl class="facts">
      <${Fact} name=${t("receipt.number")}><span class="number">${order.number}</span><//>
      <${Fact} name=${t("receipt.amount")}>${price(order.amount_fen)}<//>
      <${Fact} name=${t("receipt.ordered_at")}>${time(order.created_at)}<//>
      <${Fact} name=${t("receipt.paid_at")}>${time(order.paid_at)}<//>
      <${Fact} name=${t(order.purpose === "gift" ? "receipt.giver" : "receipt.holder")}>${order.holder_name}<//>
      <${Fact} name=${t("receipt.merchant")}>${programme?.merchant_of_record ?? "—"}<//>
    </dl>
    <p class="small">${t("claim", { count: count(order.count), year: order.year, kg: kilograms(order.sink_g) })}</p>
    <p class="small soft">${t("receipt.fee", { sponsor: programme?.sponsor ?? "—" })} ${t("receipt.unverified")}</p>
  </section>`;
}

function Order({ number }) {
  const asked = useAnswer(`/orders/${encodeURIComponent(number)}`);
  const [newer, setNewer] = useState(null);
  const [refunding, setRefunding] = useState(false);
  const order = newer ?? asked.answer;
  useEffect(() => setNewer(null), [asked.answer]);
  const moving = order && (order.status === "refunding" || (order.status === "paid" && !order.certificate && !order.gift_status));
  useEffect(() => {
    if (!moving) return undefined;
    const timer = setInterval(asked.again, LOOK_MS);
    return () => clearInterval(timer);
  }, [moving, number]);
  if (asked.error?.status === 404) {
    return html`<${Empty} title=${asked.error.message} hint=${t("order.missing.hint")}><a class="button primary" href="#/orders">${t("orders.title")}</a><//>`;
  }
  return html`<${Loaded} from=${order ? { ...asked, answer: order } : asked}>${() => {
    const Next = BY_STATUS[order.status];
    return html`<div class="stack">
      <section class="card stack">
        <div class="row apart"><h1>${summary(order)}</h1><${State} order=${order} /></div>
        <${Next} key=${order.status} order=${order} renew=${setNewer} />
      </section>
      ${order.message && html`<section class="card stack tight"><h2>${t("buy.message")}</h2><p>${order.message}</p></section>`}
      ${order.paid_at && html`<${Money} money=${order.money} /><${Receipt} order=${order} />`}
      ${order.status === "paid" && html`<${Button} kind="quiet" wide onClick=${() => setRefunding(true)}>${t("refund.ask")}<//>`}
      <a class="button quiet wide" href="#/orders">${t("orders.all")}</a>
      ${refunding && html`<${RefundSheet} order=${order} onClose=${() => setRefunding(false)} onDone=${() => { setRefunding(false); asked.again(); }} />`}
    </div>`;
  }}<//>`;
}

export default ({ number }) => html`<${ForBuyer} hint=${t("orders.first")}><${Order} number=${number} /><//>`;
