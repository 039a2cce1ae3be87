// Scanning with WeChat's own scanner, inside WeChat's browser.
import { introduce, invoke, said } from "../shared/bridge.js";
import { buyer, inWechat } from "../client/buyer.js";

/** Whether WeChat's scanner may be asked: it scans only for somebody who is signed in. */
export const wechatScans = () => inWechat && buyer() !== null;

/** The text of the code that WeChat's scanner read, or null where the person went back; raises where it cannot be used. */
export async function scanInWechat() {
  const signed = await introduce(["scanQRCode"]);
  const answer = await invoke("scanQRCode", { needResult: 1, scanType: ["qrCode"], ...signed });
  if (said(answer) === "cancel") return null;
  if (said(answer) !== "ok") throw new Error(said(answer));
  return scanned(answer.resultStr);
}

/** WeChat on iOS wraps the text in JSON. */
function scanned(result) {
  try {
    return JSON.parse(result).scan_code.scan_result;
  } catch {
    return result;
  }
}
