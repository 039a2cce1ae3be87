// One's own account: roles, sign-ins, password and one-time code.
import { call } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { time } from "../../shared/format.js";
import { Button, Failure, Loaded, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { proofFields, proven, SetUpCode } from "../code.js";
import { Badge, Facts, FormSheet, Heading, useOfficer } from "../parts.js";
import { roles } from "../shell.js";

function SignIns() {
  const from = useAnswer("/officer/sessions");
  const [busy, error, end] = useAct(async (id) => { await call("DELETE", `/officer/sessions/${id}`); from.again(); });
  return html`<section class="stack tight"><h2>${t("me.sign_ins")}</h2>
    <${Loaded} from=${from}>${({ items }) => html`<ul class="list">${items.map((one) => html`<li key=${one.id}><div class="line">
      <p class="grow">${t("me.since", { time: time(one.created_at) })}${one.current && html` <${Badge} kind="good">${t("me.this")}<//>`}<br />
      <span class="small soft">${t("me.used", { time: time(one.used_at) })} · ${t(one.second_factor ? "me.coded" : "me.uncoded")}</span></p>
      ${!one.current && html`<${Button} busy=${busy} onClick=${() => end(one.id)}>${t("me.end")}<//>`}
    </div></li>`)}</ul>`}<//>
    <${Failure} error=${error} /></section>`;
}

async function changePassword({ again, ...given }) {
  if (given.new_password !== again) throw new Error(t("password.differ"));
  await call("POST", "/officer/password", { body: proven(given) });
}

export default function Me() {
  const { who } = useOfficer();
  const [open, setOpen] = useState(null);
  if (!who) return null;
  const coded = who.recovery_codes_left > 0 || who.second_factor;
  const close = () => setOpen(null);
  return html`<div class="stack narrow"><${Heading} title=${t("me")} />
    <${Facts} facts=${[
    [t("me.name"), who.display_name], [t("username"), who.username], [t("me.roles"), roles(who.roles)], [t("region"), who.region.path],
    [t("code"), coded ? t("me.codes_left", { count: who.recovery_codes_left }) : t("me.no_code")],
  ]}><div class="row">
      <${Button} onClick=${() => setOpen("password")}>${t("password.change")}<//>
      <${Button} onClick=${() => setOpen("code")}>${t(coded ? "code.another" : "code.title")}<//>
    </div><//>
    <${SignIns} />
    ${open === "code" && html`<${Sheet} title=${t("code.title")} onClose=${close}><${SetUpCode} coded=${coded} onDone=${close} /><//>`}
    ${open === "password" && html`<${FormSheet} title=${t("password.change")} label=${t("password.change")} done=${t("password.changed")} onClose=${close} act=${changePassword}
      fields=${[...proofFields(coded),
    { name: "new_password", kind: "password", label: t("password.new"), hint: t("password.hint"), autocomplete: "new-password" },
    { name: "again", kind: "password", label: t("password.again"), autocomplete: "new-password" }]} />`}
  </div>`;
}
