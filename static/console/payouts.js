// What the screens of payout batches share: addresses, colours of states, and money as it is typed.
import { freshKey } from "../shared/api.js";
import { html, useRef } from "../shared/view.js";
import { addWords, t } from "../shared/words.js";
import { WORDS } from "../words/console-payouts.js";
import { Badge, me } from "./parts.js";

addWords(WORDS);

export const BATCHES = "/officer/payout-batches";
export const BATCH = `${BATCHES}/{batch_id}`;

/** The API's address of a batch, or of a part of it. */
export const batchAt = (id, rest = "") => `${BATCHES}/${encodeURIComponent(id)}${rest}`;

/** Whether the officer drafted a batch, and so does nothing else for it. */
export const isMine = ({ maker }) => maker?.username === me().username;

const BATCH_KIND = { submitted: "warn", approved: "warn", released: "warn", settled: "good", rejected: "bad" };
const LINE_KIND = { sent: "warn", requested: "warn", paid: "good", bounced: "bad", returned: "bad" };
export const BATCH_STATES = ["draft", "submitted", "approved", "released", "settled", "rejected"];

export const BatchState = ({ state }) => html`<${Badge} kind=${BATCH_KIND[state]}>${t(`batch.${state}`)}<//>`;
export const LineState = ({ state }) => html`<${Badge} kind=${LINE_KIND[state]}>${t(`payout_line.${state}`)}<//>`;

/** Fen of yuan as typed ("12", "12.5", "12.50"); what is no such amount is refused in words. */
export function fenOf(typed) {
  const found = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(typed.trim());
  if (!found) throw new Error(t("yuan.wrong"));
  return Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
}

/** `send(wish, key)` with one Idempotency-Key for the same wish until it has worked: asked again, it is done once. */
export function useOnce(send) {
  const kept = useRef(null);
  return async (wish) => {
    const text = JSON.stringify(wish);
    if (kept.current?.text !== text) kept.current = { text, key: freshKey() };
    const answer = await send(wish, kept.current.key);
    kept.current = null;
    return answer;
  };
}
