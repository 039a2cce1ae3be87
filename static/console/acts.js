// Acts on one thing of a list: a button that asks first, and does it once.
import { Button } from "../shared/parts.js";
import { html, useState } from "../shared/view.js";
import { FormSheet } from "./forms.js";

/** A button that opens a sheet and acts from there: `words` on it, the sheet's `title`, `children` and fields, and what FormSheet takes. */
export function Act({ words, title, kind = "", danger = false, ...sheet }) {
  const [open, setOpen] = useState(false);
  return html`<${Button} kind=${danger ? "danger" : kind} onClick=${() => setOpen(true)}>${words}<//>
    ${open && html`<${FormSheet} title=${title ?? words} label=${words} kind=${danger ? "danger" : "primary"} ...${sheet} onClose=${() => setOpen(false)} />`}`;
}
