// An order as it is shown in the list, on its own page and on the front door.
import { addWords, t } from "../shared/words.js";
import { count, price } from "../shared/format.js";
import { html } from "../shared/view.js";
import { WORDS } from "../words/client-orders.js";

addWords(WORDS);

const KINDS = { pending: "warn", paid: "good", closed: "", refunding: "warn", refunded: "" };
export const State = ({ order }) => html`<span class=${`badge ${KINDS[order.status]}`}>${t(`order.status.${order.status}`)}</span>`;

export const summary = (order) => t(`order.summary.${order.purpose === "gift" ? "gift" : "personal"}`, { count: count(order.count), year: order.year, price: price(order.amount_fen) });
