// The gifts a person has given: the code of each to pass on, what became of it, and the way to take it back.
import { useList } from "../../shared/calls.js";
import { day } from "../../shared/format.js";
import { Empty, Listed } from "../../shared/parts.js";
import { html, useEffect, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import "../mine/words.js";
import { State, summary } from "../order_parts.js";
import { GiftOut } from "../orders/gift.js";
import { ForBuyer } from "../sign_in.js";

function Gift({ order: first }) {
  const [order, setOrder] = useState(first);
  return html`<li class="card stack tight">
    <div class="row apart"><h2>${summary(order)}</h2><${State} order=${order} /></div>
    <p class="small soft">${t("gifts.paid_on", { day: day(order.paid_at) })} · <a class="inline-target" href=${`#/orders/${order.number}`}>${t("certificate.order")}</a></p>
    ${order.gift_status && html`<${GiftOut} order=${order} renew=${setOrder} />`}
  </li>`;
}

function List() {
  const orders = useList("/orders");
  const gifts = orders.items.filter((order) => order.purpose === "gift" && order.paid_at);
  const onlyOthers = orders.items.length > 0 && !gifts.length;
  // A page that holds no gift at all says nothing; the next may.
  useEffect(() => { if (onlyOthers && orders.more && !orders.loading && !orders.error) orders.loadMore(); }, [onlyOthers, orders.loading]);
  const none = html`<${Empty} title=${t("gifts.none")} hint=${t("gifts.none.hint")}><a class="button primary" href="#/buy?count=3">${t("gifts.give")}</a><//>`;
  return html`<${Listed} from=${orders} empty=${none}>
    ${() => (gifts.length ? html`<ul class="stack">${gifts.map((order) => html`<${Gift} key=${order.number} order=${order} />`)}</ul>` : !orders.more && none)}<//>`;
}

export default () => html`<div class="stack"><h1>${t("gifts.title")}</h1><${ForBuyer} hint=${t("gifts.first")}><${List} /><//>
  <a class="button quiet wide" href="#/claim">${t("home.claim")}</a></div>`;
