// Finding a tree by its public code; a household's trees are listed with the household.
import { Button } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html, useState } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS as HOUSEHOLDS } from "../../words/console-households.js";
import { WORDS } from "../../words/console-registry.js";
import { Control, Heading } from "../parts.js";

addWords(HOUSEHOLDS);
addWords(WORDS);

export default function Trees() {
  const [code, setCode] = useState("");
  const find = (event) => {
    event.preventDefault();
    const typed = code.trim().toUpperCase();
    if (typed) go(`/trees/${encodeURIComponent(typed)}`);
  };
  return html`<div class="stack narrow"><${Heading} title=${t("trees")} lead=${t("tree.find.lead")} />
    <form class="card stack" role="search" onSubmit=${find}>
      <${Control} field=${{ name: "code", label: t("tree.code"), hint: t("tree.find.hint"), max: 16, autocomplete: "off" }} value=${code} onChange=${setCode} />
      <p><${Button} type="submit" kind="primary">${t("search")}<//></p>
    </form>
    <p><a class="tap" href="#/households">${t("tree.find.households")} ›</a></p></div>`;
}
