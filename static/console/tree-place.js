// Where a tree stands to the last digit, once a reason is given.
import { call } from "../shared/api.js";
import { Button } from "../shared/parts.js";
import { html, useState } from "../shared/view.js";
import { t } from "../shared/words.js";
import { ReasonSheet } from "./parts.js";

export const REVEAL = "POST /officer/trees/{code}/reveal";

export function TreePlace({ code }) {
  const [open, setOpen] = useState(false);
  const [found, setFound] = useState(null);
  if (found) return html`<span class="number">${found.longitude}, ${found.latitude} (${found.datum})</span>`;
  return html`<${Button} onClick=${() => setOpen(true)}>${t("tree.place.show")}<span class="unseen"> ${code}</span><//>
    ${open && html`<${ReasonSheet} title=${t("tree.place")} label=${t("household.reveal")} onClose=${() => setOpen(false)}
      act=${async (reason) => setFound(await call("POST", `/officer/trees/${code}/reveal`, { body: { reason } }))}><p>${t("household.reveal.about")}</p><//>`}`;
}
