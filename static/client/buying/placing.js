// Placing an order so that it is placed once, however often the page was closed or the network went in between.
import { call, freshKey, now } from "../../shared/api.js";
import { keep, kept } from "../../shared/kept.js";
import { buyer } from "../buyer.js";

const NAME = "placing";
/** As long as an order holds its trees: what is older has lapsed, or stands in the list of orders. */
const KEPT_MS = 15 * 60_000;

/** The order that was sent and not answered: `{key, body, user, sent_at}`, or null. */
export function unanswered() {
  const found = kept(NAME);
  return found && found.user === buyer()?.user.id && now() - found.sent_at < KEPT_MS ? found : null;
}

/** Let an unanswered order be; should it have arrived, it lapses unpaid. */
export const forget = () => keep(NAME, null);

/** Place an order and give it. The same wish sent again before its answer has come is the same order. */
export async function place(body) {
  const before = unanswered();
  const same = before && JSON.stringify(before.body) === JSON.stringify(body);
  const sent = same ? before : { key: freshKey(), body, user: buyer().user.id, sent_at: now() };
  keep(NAME, sent);
  try {
    const order = await call("POST", "/orders", { body: sent.body, key: sent.key });
    forget();
    return order;
  } catch (error) {
    // Refused is an answer too. Nobody there, or a server in trouble: it may have been placed all the same.
    if (error.status >= 400 && error.status < 500) forget();
    throw error;
  }
}
