// What WeChat's browser does for a page of ours. Its word is a hint: what became of money is asked of the server. WeChat's script is not
// ours to bring along and may not be fetched from its host; these are the messages by which it does its work.
import { call } from "./api.js";
import { t } from "./words.js";

const READY_MS = 5000;

/** The last word of what WeChat answers: "ok", "cancel" or "fail". */
export const said = (answer) => (answer.err_msg ?? answer.errMsg ?? "").split(":").pop();

/** Ask WeChat for something; its whole answer. Raises where there is no WeChat, or one that keeps silent. */
export async function invoke(name, given) {
  const bridge = await ready();
  return new Promise((answered) => bridge.invoke(name, given, answered));
}

/** Have WeChat check that this page is ours and may ask for `names`, as wx.config does; what a message then bears. Raises where it may not. */
export async function introduce(names) {
  const page = location.href.split("#")[0];
  const { appId, timestamp, nonceStr, signature } = await call("GET", `/wechat/jssdk-config?url=${encodeURIComponent(page)}`);
  const signed = {
    appId, verifyAppId: appId, verifySignType: "sha1", verifyTimestamp: String(timestamp), verifyNonceStr: nonceStr, verifySignature: signature,
  };
  const word = said(await invoke("preVerifyJSAPI", { verifyJsApiList: names, ...signed }));
  if (word !== "ok") throw new Error(t("error.bridge"));
  return signed;
}

function ready() {
  if (window.WeixinJSBridge) return Promise.resolve(window.WeixinJSBridge);
  return new Promise((found, failed) => {
    document.addEventListener("WeixinJSBridgeReady", () => found(window.WeixinJSBridge), { once: true });
    setTimeout(() => failed(new Error(t("error.bridge"))), READY_MS);
  });
}
