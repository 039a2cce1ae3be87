// Everything that is kept about a person, as a file; WeChat saves no files, so there it is shown to be copied.
import { call } from "../../shared/api.js";
import { useAct } from "../../shared/calls.js";
import { fetchAndSave } from "../../shared/files.js";
import { Button, Failure, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { inWechat } from "../buyer.js";
import { copy } from "../pass_on.js";

export function Export() {
  const [text, setText] = useState(null);
  const [busy, error, take] = useAct(async () => {
    if (inWechat) setText(JSON.stringify(await call("GET", "/me/export"), null, 2));
    else await fetchAndSave("/me/export");
  });
  return html`<p class="small soft">${t("me.export.hint")}</p>
    <${Button} wide busy=${busy} onClick=${take}>${t("me.export")}<//>
    <${Failure} error=${error} />
    ${text !== null && html`<${Sheet} title=${t("me.export")} onClose=${() => setText(null)}>
      <textarea class="input" rows="10" readonly aria-label=${t("me.export")} value=${text}></textarea>
      <${Button} kind="primary" wide onClick=${() => copy(text)}>${t("me.export.copy")}<//>
    <//>`}`;
}
