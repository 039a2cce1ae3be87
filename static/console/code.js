// Setting up a one-time code: the password, the new phone's QR code, its first code, and ten recovery codes, shown once.
import { call } from "../shared/api.js";
import { save } from "../shared/files.js";
import { html, useState } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Form } from "./forms.js";
import { recognise } from "./officer.js";
import { Button } from "../shared/parts.js";

/** The password, and a code of the phone in use where there is one: what a change of one's own account asks for. */
export const proofFields = (coded) => [
  { name: "password", kind: "password", label: t("password.present"), autocomplete: "current-password" },
  ...(coded ? [{ name: "code", label: t("code"), hint: t("code.hint"), autocomplete: "one-time-code", max: 32 }] : []),
];

/** What those fields hold, as the API takes it. */
export function proven({ password, code = "", ...more }) {
  const shown = code.replace(/\s/g, "");
  return { password, ...(shown && { [/^\d{6}$/.test(shown) ? "totp" : "recovery_code"]: shown }), ...more };
}

const image = (svg) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

function Scan({ enrolment, onCodes }) {
  return html`<div class="stack">
    <p>${t("code.scan")}</p>
    <img class="qr" src=${image(enrolment.qr_svg)} alt=${t("code.qr")} />
    <p class="small">${t("code.secret")}<br /><code class="secret">${enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code></p>
    <${Form} label=${t("code.confirm")} act=${({ totp }) => call("POST", "/officer/totp/confirm", { body: { totp: totp.replace(/\s/g, "") } })}
      fields=${[{ name: "totp", label: t("code.first"), inputmode: "numeric", autocomplete: "one-time-code", max: 9 }]}
      onDone=${({ recovery_codes: codes }) => onCodes(codes)} />
  </div>`;
}

function Recovery({ codes, onDone }) {
  const text = codes.join("\r\n") + "\r\n";
  return html`<div class="stack">
    <p class="notice warn">${t("code.recovery")}</p>
    <ol class="codes">${codes.map((code) => html`<li><code>${code}</code></li>`)}</ol>
    <div class="row"><${Button} onClick=${() => save(new Blob([text], { type: "text/plain" }), "danzhu-recovery-codes.txt")}>${t("code.save")}<//>
    <${Button} onClick=${() => print()}>${t("print")}<//></div>
    <${Button} kind="primary" wide onClick=${onDone}>${t("code.kept")}<//>
  </div>`;
}

/** The three steps; `coded`: whether a phone is in use already. `onDone` comes once the recovery codes are kept. */
export function SetUpCode({ coded, onDone }) {
  const [enrolment, setEnrolment] = useState(null);
  const [codes, setCodes] = useState(null);
  if (codes) return html`<${Recovery} codes=${codes} onDone=${() => { recognise(); onDone?.(); }} />`;
  if (enrolment) return html`<${Scan} enrolment=${enrolment} onCodes=${setCodes} />`;
  return html`<${Form} label=${t("code.begin")} fields=${proofFields(coded)} onDone=${setEnrolment}
    act=${(given) => call("POST", "/officer/totp", { body: proven(given) })}><p>${t(coded ? "code.replace" : "code.about")}</p><//>`;
}
