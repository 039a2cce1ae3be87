// The way in: user name and password, and a one-time code where the server asks for one.
import { useAct } from "../shared/calls.js";
import { Button, Failure } from "../shared/parts.js";
import { html, useEffect, useState } from "../shared/view.js";
import { language, speak, t } from "../shared/words.js";
import { Control } from "./forms.js";
import { demo, signIn } from "./officer.js";
import { Mark } from "./shell.js";

/** The names of the demo's officers, `[{username, display_name, role}]`, sent with the page in demo mode only. */
const hints = JSON.parse(document.getElementById("demo-officers")?.textContent ?? "[]");
const ABOUT_THE_CODE = ["one_time_code_needed", "one_time_code_wrong"];

export function SignIn({ ended }) {
  const [given, setGiven] = useState({ username: "", password: "", code: "" });
  const [coded, setCoded] = useState(false);
  const [busy, error, enter] = useAct(signIn);
  const set = (name) => (value) => setGiven((before) => ({ ...before, [name]: value }));
  useEffect(() => { document.title = `${t("sign_in")} · ${t("console")}`; }, []);
  useEffect(() => {
    if (!ABOUT_THE_CODE.includes(error?.code)) return;
    setCoded(true);
    set("code")("");
  }, [error]);
  useEffect(() => { document.getElementById(coded ? "field-code" : "field-username")?.focus(); }, [coded, error]);
  const submit = (event) => {
    event.preventDefault();
    enter({ ...given, username: given.username.trim(), code: coded ? given.code.replace(/\s/g, "") : "" });
  };
  const choose = (username) => {
    set("username")(username);
    document.getElementById("field-password")?.focus();
  };
  const fields = [
    { name: "username", label: t("username"), autocomplete: "username", autocapitalize: "none", spellcheck: false, max: 32 },
    { name: "password", label: t("password"), kind: "password", autocomplete: "current-password" },
  ];
  return html`<main class="page alone stack">
    <header class="row apart"><p class="brand"><${Mark} />${t("console")}</p>
      <${Button} kind="quiet" onClick=${() => speak(language === "en" ? "zh" : "en")}><span lang=${language === "en" ? "zh-CN" : "en"}>${language === "en" ? "中文" : "English"}</span><//>
    </header>
    <form class="card stack" onSubmit=${submit}>
      <h1>${t("sign_in")}</h1>
      ${ended && html`<p class="notice warn" role="status">${t("sign_in.ended")}</p>`}
      ${fields.map((field) => html`<${Control} field=${field} value=${given[field.name]} onChange=${set(field.name)} />`)}
      ${coded && html`<${Control} field=${{ name: "code", label: t("code"), hint: t("code.hint"), autocomplete: "one-time-code", max: 32 }} value=${given.code} onChange=${set("code")} />`}
      ${error?.code === "one_time_code_needed" ? html`<p class="notice" role="status">${error.message}</p>` : html`<${Failure} error=${error} />`}
      <${Button} type="submit" kind="primary" wide busy=${busy}>${t("sign_in")}<//>
    </form>
    ${demo && hints.length > 0 && html`<section class="card stack tight">
      <h2>${t("demo.officers")}</h2>
      <p class="soft small">${t("demo.officers.hint")}</p>
      <ul class="hints">${hints.map(({ username, role }) => html`<li><button type="button" class="button" aria-pressed=${given.username === username ? "true" : "false"} onClick=${() => choose(username)}>${username}<span class="unit">${t(`role.${role}`)}</span></button></li>`)}</ul>
    </section>`}
  </main>`;
}
