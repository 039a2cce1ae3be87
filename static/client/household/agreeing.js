// What a household agrees to on WeChat's own sheet: taking a payment, or being paid without agreeing each time.
import { introduce, invoke } from "../../shared/bridge.js";
import { useAct } from "../../shared/calls.js";
import { Button, Failure, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { demo, inWechat } from "../buyer.js";
import { agreeInDemo } from "../sandbox.js";
import { OpenInWechat } from "../sign_in.js";

const SHEET = "requestMerchantTransfer";

/** Open WeChat's sheet; it says only that it was shown, so whoever asks looks what became of it. */
async function agree(sheet) {
  if (demo) return agreeInDemo("collector", sheet.package);
  await introduce([SHEET]);
  return invoke(SHEET, sheet);
}

/** A button that opens the sheet `prepare()` gives and then does `onAgreed`; elsewhere than in WeChat it shows how to come there. */
export function Agree({ name, kind = "primary", prepare, onAgreed }) {
  const [elsewhere, setElsewhere] = useState(false);
  const [busy, error, act] = useAct(async () => {
    await agree(await prepare());
    await onAgreed();
  });
  return html`<${Button} kind=${kind} wide busy=${busy} onClick=${demo || inWechat ? act : () => setElsewhere(true)}>${name}<//>
    <${Failure} error=${error} />
    ${elsewhere && html`<${Sheet} title=${name} onClose=${() => setElsewhere(false)}><${OpenInWechat} /><//>`}`;
}
