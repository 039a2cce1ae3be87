// An address that leads nowhere.
import { Empty } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";

export default () => html`
  <${Empty} title=${t("missing.title")} hint=${t("missing.hint")}><a class="button primary" href="#/">${t("missing.home")}</a><//>`;
