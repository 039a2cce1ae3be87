// Scanning with WeChat's own scanner, inside WeChat's browser. WeChat's script is not ours to bring along and may not be fetched from its
// host; these are the two messages by which it does wx.config and wx.scanQRCode.
import { call } from "../shared/api.js";
import { buyer, inWechat } from "../client/buyer.js";

const READY_MS = 3000;

/** Whether WeChat's scanner may be asked: it scans only for somebody who is signed in. */
export const wechatScans = () => inWechat && buyer() !== null;

function bridge() {
  if (window.WeixinJSBridge) return Promise.resolve(window.WeixinJSBridge);
  return new Promise((ready, failed) => {
    document.addEventListener("WeixinJSBridgeReady", () => ready(window.WeixinJSBridge), { once: true });
    setTimeout(() => failed(new Error("no bridge")), READY_MS);
  });
}

/** The text of the code that WeChat's scanner read, or null where the person went back; raises where it cannot be used. */
export async function scanInWechat() {
  const page = location.href.split("#")[0];
  const { appId, timestamp, nonceStr, signature } = await call("GET", `/wechat/jssdk-config?url=${encodeURIComponent(page)}`);
  const signed = {
    appId, verifyAppId: appId, verifySignType: "sha1", verifyTimestamp: String(timestamp), verifyNonceStr: nonceStr, verifySignature: signature,
  };
  const wechat = await bridge();
  const ask = (name, asked) => new Promise((answered) => wechat.invoke(name, { ...asked, ...signed }, answered));
  const said = (answer) => (answer.err_msg ?? answer.errMsg ?? "").split(":").pop();
  const allowed = await ask("preVerifyJSAPI", { verifyJsApiList: ["scanQRCode"] });
  if (said(allowed) !== "ok") throw new Error(said(allowed));
  const answer = await ask("scanQRCode", { needResult: 1, scanType: ["qrCode"] });
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
