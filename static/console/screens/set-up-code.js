// All that is open to a sign-in that must set a one-time code up first.
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { SetUpCode } from "../code.js";
import { Heading, useOfficer } from "../parts.js";

export default function MustSetUpCode() {
  const { who } = useOfficer();
  return html`<div class="stack narrow"><${Heading} title=${t("code.title")} lead=${t("code.must")} />
    <section class="card"><${SetUpCode} coded=${(who?.recovery_codes_left ?? 0) > 0} /></section></div>`;
}
