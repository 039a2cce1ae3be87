import { Empty } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Heading } from "../parts.js";

export default () => html`<${Heading} title=${t("not_here")} /><${Empty} title=${t("not_here.title")} hint=${t("not_here.hint")}><a class="button" href="#/">${t("nav.overview")}</a><//>`;
