// Choosing a password by the token of a link that an administrator has handed over.
import { call } from "../../shared/api.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Form, Heading } from "../parts.js";

/** Leave the page for the sign-in; the token does not stay in the address. */
const leave = () => location.replace(location.pathname);

export default function Invitation({ query }) {
  const [chosen, setChosen] = useState(null);
  const choose = ({ password, again }) => {
    if (password !== again) throw new Error(t("password.differ"));
    return call("POST", "/officer/invitation", { body: { token: query.token ?? "", password } });
  };
  if (chosen) {
    return html`<div class="card stack"><${Heading} title=${t("invitation.done")} />
      <p>${t("invitation.name")} <strong>${chosen.username}</strong></p>
      <button type="button" class="button primary wide" onClick=${leave}>${t("sign_in")}</button></div>`;
  }
  return html`<div class="card stack"><${Heading} title=${t("invitation.title")} lead=${t("invitation.lead")} />
    <${Form} label=${t("invitation.choose")} act=${choose} onDone=${setChosen}
      fields=${[
    { name: "password", kind: "password", label: t("password.new"), hint: t("password.hint"), autocomplete: "new-password" },
    { name: "again", kind: "password", label: t("password.again"), autocomplete: "new-password" },
  ]} /></div>`;
}
