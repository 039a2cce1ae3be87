// The permission to be paid to this WeChat without agreeing to each payment: asked for, given in WeChat, taken back here.
import { call } from "../../shared/api.js";
import { useAct, useAnswer } from "../../shared/calls.js";
import { Button, Failure, say } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { lookUntil } from "../patience.js";
import { Agree } from "./agreeing.js";

const PERMISSION = "/household/permission";
const GIVEN = "taking_effect";

function Given({ onEnded }) {
  const [busy, error, end] = useAct(async () => {
    await call("POST", `${PERMISSION}/end`);
    say(t("permission.ended"));
    onEnded();
  });
  return html`<p>${t("permission.given")}</p><${Button} wide busy=${busy} onClick=${end}>${t("permission.end")}<//><${Failure} error=${error} />`;
}

export function Permission() {
  const from = useAnswer(PERMISSION);
  if (!from.answer) return null;
  const prepare = async () => (from.answer.sheet ?? (await call("POST", PERMISSION)).sheet ?? Promise.reject(new Error(t("permission.later"))));
  const given = async () => {
    const { state } = await lookUntil((found) => found.state === GIVEN, () => call("GET", PERMISSION));
    say(t(state === GIVEN ? "permission.given.said" : "permission.not_given"));
    from.again();
  };
  return html`<section class="card stack tight"><h2>${t("permission.title")}</h2>
    ${from.answer.state === GIVEN ? html`<${Given} onEnded=${from.again} />`
    : html`<p>${t("permission.text")}</p><${Agree} kind="" name=${t("permission.give")} prepare=${prepare} onAgreed=${given} />`}
  </section>`;
}
