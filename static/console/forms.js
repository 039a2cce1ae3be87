// Fields by description, and what is built of them: filters above a table, sheets that ask before an act.
import { address } from "../shared/api.js";
import { useAct } from "../shared/calls.js";
import { Button, Failure, Field, say, Sheet } from "../shared/parts.js";
import { go, here } from "../shared/router.js";
import { html, useEffect, useRef, useState } from "../shared/view.js";
import { t } from "../shared/words.js";
import { RegionPicker } from "./region.js";

const TYPES = { day: "date", month: "month", password: "password", number: "number" };

/**
 * One field: `{name, label, hint, kind, options: [[value, words]], optional, min, max, autocomplete, …}`.
 * Kinds: text, long, choice, flag, file, region, day, month, number, password.
 */
export function Control({ field, value, problem, onChange }) {
  const { name, label, hint, kind = "text", options, optional = false, min, max, ...rest } = field;
  const id = `field-${name}`;
  if (kind === "region") return html`<${RegionPicker} label=${label} value=${value} onChange=${onChange} />`;
  if (kind === "flag") {
    return html`<label class="choice"><input type="checkbox" checked=${value === true} onChange=${(event) => onChange(event.target.checked)} /><span>${label}${hint && html`<br /><span class="soft small">${hint}</span>`}</span></label>`;
  }
  const shared = { ...rest, name, required: !optional };
  const control = (named) => {
    if (kind === "choice") {
      return html`<select ...${named} ...${shared} value=${value ?? ""} onChange=${(event) => onChange(event.target.value)}>
        ${options.map(([choice, words]) => html`<option value=${choice} selected=${choice === (value ?? "")}>${words}</option>`)}
      </select>`;
    }
    if (kind === "long") {
      return html`<textarea ...${named} ...${shared} rows="3" minlength=${min} maxlength=${max} value=${value ?? ""} onInput=${(event) => onChange(event.target.value)}></textarea>`;
    }
    if (kind === "file") return html`<input ...${named} ...${shared} type="file" onChange=${(event) => onChange(event.target.files[0] ?? null)} />`;
    const bounds = ["text", "password"].includes(kind) ? { minlength: min, maxlength: max } : { min, max };
    return html`<input ...${named} ...${shared} ...${bounds} type=${TYPES[kind] ?? "text"} value=${value ?? ""} onInput=${(event) => onChange(event.target.value, event.target)} />`;
  };
  return html`<${Field} id=${id} label=${label} hint=${hint} problem=${problem} control=${control} />`;
}

/** What the server said of one field, in one line. */
const problemOf = (error, name) => [error?.fields?.[name] ?? []].flat(3).filter((words) => typeof words === "string").join(" ") || null;

/** Whether all that an error says stands at one of these fields. */
const saidAtField = (error, fields) => fields.some(({ name, kind }) => !["region", "flag"].includes(kind) && problemOf(error, name) === error?.message);

/** Several fields; `values` by name, `onChange(values)`; an error's words stand at the fields it names. */
export const Fields = ({ fields, values, error, onChange }) =>
  fields.map((field) => html`<${Control} key=${field.name} field=${field} value=${values[field.name]} problem=${problemOf(error, field.name)}
    onChange=${(value) => onChange({ ...values, [field.name]: value })} />`);

const beginning = (fields) => Object.fromEntries(fields.map(({ name, kind, value, options }) => [name, value ?? (kind === "choice" ? options[0]?.[0] : kind === "flag" ? false : "")]));

/** A form that does something: `act(values)`; `label` is the button's, `onDone(answer)` comes after it has worked. */
export function Form({ fields = [], act, label, kind = "primary", onDone, children }) {
  const [values, setValues] = useState(() => beginning(fields));
  const [busy, error, begin] = useAct(async (given) => ({ answer: await act(given) }));
  const form = useRef();
  useEffect(() => form.current.querySelector("[aria-invalid]")?.focus(), [error]);
  const submit = async (event) => {
    event.preventDefault();
    const done = await begin(values);
    if (done) onDone?.(done.answer);
  };
  return html`<form class="stack" ref=${form} onSubmit=${submit}>
    ${children}
    <${Fields} fields=${fields} values=${values} error=${error} onChange=${setValues} />
    ${!saidAtField(error, fields) && html`<${Failure} error=${error} />`}
    <p><${Button} type="submit" kind=${kind} wide busy=${busy}>${label}<//></p>
  </form>`;
}

/** A sheet that asks for what an act needs, does it, closes, and says `done`. */
export const FormSheet = ({ title, onClose, onDone, done, children, ...form }) => html`
  <${Sheet} title=${title} onClose=${onClose}>
    <${Form} ...${form} onDone=${(answer) => { onClose(); if (done) say(done); onDone?.(answer); }}>${children}<//>
  <//>`;

/** A sheet that asks for a typed reason: `act(reason)`. */
export const ReasonSheet = ({ label, act, reason, min = 4, max = 200, hint, ...rest }) => html`
  <${FormSheet} ...${rest} label=${label} act=${(values) => act(values.reason)}
    fields=${[{ name: "reason", kind: "long", label: reason ?? t("reason"), hint: hint ?? t("reason.hint"), min, max }]} />`;

/** Change parameters of the address, which a reload keeps; an empty one goes away. */
export function amend(changes) {
  const { path, query } = here();
  go(address(path, { ...query, ...changes }), { replace: true });
}

/** Filters that stand in the address: `fields` as for Control, `query` the screen's own; one with `optional: false` is never empty. A typed text waits for Enter or its button. */
export function Filters({ fields, query, children }) {
  const wide = matchMedia("(min-width: 60rem)").matches;
  const set = fields.filter(({ name }) => query[name]).length;
  return html`<details class="card filters no-print" open=${wide || undefined}>
    <summary>${t("filters")}${set > 0 && html` <span class="badge">${set}</span>`}</summary>
    <div class="filter-fields">${fields.map((field) => html`<${Filter} key=${field.name} field=${field} value=${query[field.name]} />`)}${children}</div>
  </details>`;
}

function Filter({ field, value }) {
  const typed = (field.kind ?? "text") === "text";
  const [words, setWords] = useState(value ?? "");
  useEffect(() => setWords(value ?? ""), [value]);
  const optional = { optional: true, ...field };
  if (!typed) {
    const set = (chosen, control) => {
      if (!chosen && !optional.optional) {
        control.value = value;
        return;
      }
      // A year that is still being typed.
      if (chosen && field.min && chosen < field.min) return;
      amend({ [field.name]: field.kind === "flag" ? (chosen ? "true" : null) : chosen });
    };
    return html`<div><${Control} field=${optional} value=${field.kind === "flag" ? value === "true" : value} onChange=${set} /></div>`;
  }
  return html`<form class="typed" role="search" onSubmit=${(event) => { event.preventDefault(); amend({ [field.name]: words.trim() }); }}>
    <${Control} field=${optional} value=${words} onChange=${setWords} />
    <${Button} type="submit">${t("search")}<//>
    ${value && html`<${Button} kind="quiet" onClick=${() => amend({ [field.name]: null })}>${t("clear")}<//>`}
  </form>`;
}
