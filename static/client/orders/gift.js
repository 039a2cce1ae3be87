// A gift that was paid: its code to pass on, and the way to take it back while nobody has claimed it.
import { call } from "../../shared/api.js";
import { useAct } from "../../shared/calls.js";
import { Button, Failure, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { passOn } from "../pass_on.js";

const linkOf = (code) => `${location.origin}/#/claim?code=${code}`;

function TakeBack({ order, renew, onClose }) {
  const [busy, error, act] = useAct(async () => {
    renew(await call("POST", `/orders/${order.number}/gift/withdraw`));
    onClose();
  });
  return html`<${Sheet} title=${t("gift.take_back")} onClose=${onClose}>
    <p>${t("gift.take_back.text", { name: order.holder_name })}</p>
    <${Failure} error=${error} />
    <${Button} kind="danger" wide busy=${busy} onClick=${act}>${t("gift.take_back")}<//>
    <${Button} wide disabled=${busy} onClick=${onClose}>${t("gift.keep")}<//>
  <//>`;
}

export function GiftOut({ order, renew }) {
  const [taking, setTaking] = useState(false);
  const offered = order.gift_status === "offered";
  return html`<section class="stack tight">
    <p class="notice">${t(`gift.${order.gift_status}`)}</p>
    ${offered && html`
      <p class="small soft">${t("gift.code")}</p>
      <p class="code number">${order.gift_code}</p>
      <${Button} kind="primary" wide onClick=${() => passOn({ text: t("gift.words", { link: linkOf(order.gift_code) }) })}>${t("gift.pass_on")}<//>
      <p class="small soft">${t("gift.code.text")}</p>
      <${Button} kind="quiet" wide onClick=${() => setTaking(true)}>${t("gift.take_back")}<//>`}
    ${taking && html`<${TakeBack} order=${order} renew=${renew} onClose=${() => setTaking(false)} />`}
  </section>`;
}
