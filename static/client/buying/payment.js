// Paying an order: opening the sheet, and finding out what became of it. What a sheet says is a hint; the server asks WeChat.
import { call, Refused } from "../../shared/api.js";
import { t } from "../../shared/words.js";

/** Pauses between looks at an order whose payment is on its way, in seconds. */
const PAUSES = [1, 2, 3, 5, 8];

const pause = (seconds, signal) => new Promise((go, stop) => {
  const timer = setTimeout(go, seconds * 1000);
  signal?.addEventListener("abort", () => { clearTimeout(timer); stop(signal.reason); });
});

/** Open WeChat's sheet with the five parameters: "ok", "cancel" or "fail". */
export function wechatSheet(parameters) {
  return new Promise((answer) => {
    const open = () => window.WeixinJSBridge.invoke("getBrandWCPayRequest", parameters, (said) => answer(said.err_msg.split(":").pop()));
    if (window.WeixinJSBridge) open();
    else document.addEventListener("WeixinJSBridgeReady", open, { once: true });
  });
}

/** The demonstration's thumb on the button: the simulated WeChat pays what was prepared; raises Refused. */
export async function payInDemo(prepared) {
  let answer;
  try {
    answer = await fetch("/sandbox/cashier", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ package: prepared }) });
  } catch {
    throw new Refused(0, { code: "offline", message: t("error.offline") });
  }
  if (!answer.ok) throw new Refused(answer.status, { code: "sandbox", message: (await answer.json().catch(() => ({}))).message ?? t("error.unreadable", { status: answer.status }) });
}

/** The order as it stands after WeChat has been asked; `patient` looks again for some time while it is still pending. */
export async function findOut(number, { patient = true, signal } = {}) {
  let order = await call("POST", `/orders/${number}/sync`, { signal });
  for (const seconds of patient ? PAUSES : []) {
    if (order.status !== "pending") return order;
    await pause(seconds, signal);
    order = await call("GET", `/orders/${number}`, { signal });
  }
  return order;
}
