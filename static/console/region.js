// Choosing a division within the officer's own, step by step downwards.
import { useAnswer } from "../shared/calls.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { me } from "./officer.js";

/** Lengths of codes of province, prefecture, county, township, village. */
const LENGTHS = [2, 4, 6, 9, 12];

/** Codes from `own` down to `code`, both included; `own` alone where `code` is none of its own. */
export function chain(own, code) {
  if (!code?.startsWith(own)) return [own];
  return LENGTHS.filter((length) => length >= own.length && length <= code.length).map((length) => code.slice(0, length));
}

function Level({ label, parent, value, onChange }) {
  const { answer } = useAnswer(`/regions?parent=${parent}`);
  const id = `region-${parent}`;
  if (answer && !answer.items.length) return null;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <select class="input" id=${id} value=${value ?? ""} disabled=${!answer} onChange=${(event) => onChange(event.target.value || null)}>
      <option value="">${t("region.all")}</option>
      ${answer?.items.map(({ code, name }) => html`<option value=${code} selected=${code === value}>${name}</option>`)}
    </select>
  </div>`;
}

/** `value` is a code or nothing for all of the officer's division; `onChange(code or null)`. */
export function RegionPicker({ label, value, onChange }) {
  const own = me().region.code;
  const codes = chain(own, value);
  const open = codes.filter((code) => code.length < LENGTHS.at(-1));
  return html`<fieldset class="region">
    <legend>${label ?? t("region")}</legend>
    ${open.map((parent, n) => html`<${Level} key=${parent} parent=${parent} value=${codes[n + 1]} label=${t(`region.level.${LENGTHS.indexOf(parent.length) + 1}`)}
      onChange=${(code) => onChange(code ?? (n ? parent : null))} />`)}
  </fieldset>`;
}
