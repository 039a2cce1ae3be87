// What a buyer left unfinished, on the front door: an order that waits to be paid, or one whose answer never came.
import { useAnswer } from "../shared/calls.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { price } from "../shared/format.js";
import { useBuyer } from "./buyer.js";
import { unanswered } from "./buying/placing.js";
import { Countdown, useSecondsUntil } from "./countdown.js";

function Waits({ order }) {
  const seconds = useSecondsUntil(order.expires_at);
  return seconds > 0 && html`<a class="notice warn unfinished" href=${`#/orders/${order.number}/pay`}>
    <span class="grow">${t("unfinished.order", { count: order.count, price: price(order.amount_fen) })} <${Countdown} seconds=${seconds} /></span>
    <strong>${t("unfinished.pay")}</strong>
  </a>`;
}

export function Unfinished() {
  const buyer = useBuyer();
  const { answer } = useAnswer(buyer ? "/orders?limit=5" : null);
  if (!buyer) return null;
  const waits = answer?.items.find((order) => order.status === "pending");
  if (waits) return html`<${Waits} order=${waits} />`;
  return unanswered() && html`<a class="notice warn unfinished" href="#/buy"><span class="grow">${t("unfinished.unanswered")}</span><strong>${t("unfinished.look")}</strong></a>`;
}
