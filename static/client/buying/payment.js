// Paying an order: opening the sheet, and finding out what became of it. What a sheet says is a hint; the server asks WeChat.
import { call } from "../../shared/api.js";
import { invoke, said } from "../../shared/bridge.js";
import { lookUntil } from "../patience.js";

/** Open WeChat's sheet with the five parameters: "ok", "cancel" or "fail". */
export const wechatSheet = async (parameters) => said(await invoke("getBrandWCPayRequest", parameters));

/** The order as it stands after WeChat has been asked; `patient` looks again for some time while it is still pending. */
export async function findOut(number, { patient = true, signal } = {}) {
  const found = await call("POST", `/orders/${number}/sync`, { signal });
  if (!patient) return found;
  return lookUntil(({ status }) => status !== "pending", () => call("GET", `/orders/${number}`, { signal }), { found, signal });
}
