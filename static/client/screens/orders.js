// What the buyer has ordered, newest first.
import { useList } from "../../shared/calls.js";
import { time } from "../../shared/format.js";
import { Empty, Listed } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { State, summary } from "../order_parts.js";
import { ForBuyer } from "../sign_in.js";

function List() {
  const orders = useList("/orders");
  return html`<${Listed} from=${orders} empty=${html`<${Empty} title=${t("orders.none")} hint=${t("orders.none.hint")}><a class="button primary" href="#/buy?count=1">${t("orders.none.buy")}</a><//>`}>
    ${(items) => html`<ul class="list">${items.map((order) => html`<li key=${order.number}><a href=${`#/orders/${order.number}`}>
      <span class="grow"><strong>${summary(order)}</strong><br /><span class="small soft">${time(order.created_at)}</span></span>
      <${State} order=${order} />
    </a></li>`)}</ul>`}<//>`;
}

export default () => html`<div class="stack"><h1>${t("orders.title")}</h1><${ForBuyer} hint=${t("orders.first")}><${List} /><//></div>`;
