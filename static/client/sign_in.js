// Signing in, where something needs it: inside WeChat, in the demonstration, or not at all in another browser.
import { t } from "../shared/words.js";
import { useAct } from "../shared/calls.js";
import { Button, Empty, Failure, Field, Sheet } from "../shared/parts.js";
import { html, useState } from "../shared/view.js";
import { demo, inWechat, leaveForWechat, signIn, useBuyer } from "./buyer.js";
import { copy } from "./pass_on.js";

/** The longest address that a code still shows well; the server draws no longer one. */
const LONGEST = 300;

function InWechat() {
  const [busy, error, leave] = useAct(leaveForWechat);
  return html`<p>${t("sign_in.wechat.text")}</p><${Failure} error=${error} />
    <${Button} kind="primary" wide busy=${busy} onClick=${leave}>${t("sign_in.wechat")}<//>`;
}

function InDemo({ onDone }) {
  const [name, setName] = useState("");
  const [busy, error, act] = useAct(async () => {
    await signIn(`demo:${name.trim()}`);
    onDone();
  });
  return html`<form class="stack" onSubmit=${(event) => { event.preventDefault(); act(); }}>
    <p>${t("sign_in.demo.text")}</p>
    <${Field} id="demo-name" label=${t("sign_in.demo.name")} hint=${t("sign_in.demo.hint")} control=${(given) => html`
      <input ...${given} required maxlength="30" autocomplete="off" value=${name} onInput=${(event) => setName(event.target.value)} />`} />
    <${Failure} error=${error} />
    <${Button} kind="primary" wide type="submit" busy=${busy} disabled=${!name.trim()}>${t("sign_in.demo")}<//>
  </form>`;
}

/** Where WeChat is needed and this is another browser: how to get there with this very page. */
export function OpenInWechat() {
  const at = location.hash.slice(1) || "/";
  return html`<div class="stack">
    <p>${t("sign_in.elsewhere")}</p>
    ${at.length <= LONGEST && html`<img class="to-wechat" src=${`/qr.svg?${new URLSearchParams({ at })}`} width="200" height="200" alt=${t("sign_in.code")} />`}
    <p class="card small">${location.href}</p>
    <${Button} wide onClick=${() => copy(location.href)}>${t("sign_in.copy")}<//>
    <p class="small soft">${t("sign_in.elsewhere.still")}</p>
  </div>`;
}

/** The sheet; `onDone` is called once somebody is signed in. */
export const SignIn = ({ onDone, onClose }) => html`<${Sheet} title=${t("sign_in")} onClose=${onClose}>
  ${demo ? html`<${InDemo} onDone=${onDone} />` : inWechat ? html`<${InWechat} />` : html`<${OpenInWechat} />`}
<//>`;

/** What only who is signed in has; others are told so and can sign in. `hint` says what would stand here. */
export function ForBuyer({ hint, children }) {
  const known = useBuyer();
  const [asking, setAsking] = useState(false);
  if (known) return children;
  return html`<${Empty} title=${t("sign_in.first")} hint=${hint}>
    <${Button} kind="primary" onClick=${() => setAsking(true)}>${t("sign_in")}<//>
    ${asking && html`<${SignIn} onDone=${() => setAsking(false)} onClose=${() => setAsking(false)} />`}
  <//>`;
}
