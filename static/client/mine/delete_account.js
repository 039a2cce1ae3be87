// The end of an account: what goes, what stays and why, and a word to type, because there is no way back.
import { call } from "../../shared/api.js";
import { useAct } from "../../shared/calls.js";
import { Button, Failure, Field, say, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { signOut } from "../buyer.js";

export function DeleteAccount({ onClose }) {
  const [typed, setTyped] = useState("");
  const word = t("delete.word");
  const [busy, error, act] = useAct(async () => {
    await call("DELETE", "/me");
    say(t("delete.done"));
    await signOut();
  });
  return html`<${Sheet} title=${t("me.delete")} onClose=${onClose}>
    <form class="stack" onSubmit=${(event) => { event.preventDefault(); act(); }}>
      <p>${t("delete.goes")}</p>
      <p>${t("delete.stays")}</p>
      <p class="notice warn">${t("delete.first")}</p>
      <${Field} id="delete-word" label=${t("delete.type", { word })} control=${(given) => html`<input ...${given} required maxlength="20" autocomplete="off" value=${typed} onInput=${(event) => setTyped(event.target.value)} />`} />
      <${Failure} error=${error} />
      ${error?.fields?.order && html`<p><a class="button" href=${`#/orders/${error.fields.order}`}>${t("certificate.order")}</a></p>`}
      <${Button} kind="danger" wide type="submit" busy=${busy} disabled=${typed.trim().toUpperCase() !== word}>${t("delete.act")}<//>
      <${Button} wide disabled=${busy} onClick=${onClose}>${t("delete.stay")}<//>
    </form>
  <//>`;
}
