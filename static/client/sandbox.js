// The demonstration's thumb: the simulated WeChat does what somebody would agree to on WeChat's own sheet.
import { Refused } from "../shared/api.js";
import { t } from "../shared/words.js";

/** `what` is "cashier" (pay an order) or "collector" (take a payment, permit to be paid); raises Refused. */
export async function agreeInDemo(what, shown) {
  let answer;
  try {
    answer = await fetch(`/sandbox/${what}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ package: shown }) });
  } catch {
    throw new Refused(0, { code: "offline", message: t("error.offline") });
  }
  if (!answer.ok) throw new Refused(answer.status, { code: "sandbox", message: (await answer.json().catch(() => ({}))).message ?? t("error.unreadable", { status: answer.status }) });
}
