// One review: every tree of its sample is looked at, and what was found is confirmed once.
import { call } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { count, time } from "../../shared/format.js";
import { keep, kept } from "../../shared/kept.js";
import { Loaded } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS as HOUSEHOLDS } from "../../words/console-households.js";
import { WORDS } from "../../words/console-registry.js";
import { Act, Badge, Facts, Figures, Heading, may, Progress, Table } from "../parts.js";

addWords(HOUSEHOLDS);
addWords(WORDS);

const CONFIRM = "POST /officer/year-reviews/{review_id}/confirm";
const FOUND = ["growing", "gone"];

/** What was found, tree by tree, kept on this device until it is confirmed: a sample takes days in the field. Codes are public. */
function useFindings(id) {
  const name = `review-${id}`;
  const [found, setFound] = useState(() => kept(name, {}));
  const write = (code, value) => setFound((before) => {
    const after = { ...before, [code]: value };
    keep(name, after);
    return after;
  });
  return [found, write, () => keep(name, null)];
}

const Finding = ({ code, value, write }) => html`<fieldset class="row found">
  <legend class="unseen">${code}</legend>
  ${FOUND.map((one) => html`<label class="choice"><input type="radio" name=${`found-${code}`} checked=${value === one} onChange=${() => write(code, one)} /><span>${t(`review.${one}`)}</span></label>`)}
  ${value === "gone" && html`<a class="tap" href=${`#/trees/${code}`}>${t("review.report")} ›</a>`}
</fieldset>`;

function One({ one, again }) {
  const [found, write, forget] = useFindings(one.id);
  const open = one.confirmed_at === null;
  const findings = open && may(CONFIRM);
  const named = (value) => one.sample.filter((code) => found[code] === value);
  const done = one.sample.filter((code) => FOUND.includes(found[code])).length;
  const confirm = async () => {
    await call("POST", `/officer/year-reviews/${one.id}/confirm`, { body: { growing: named("growing"), gone: named("gone") } });
    forget();
    again();
  };
  const said = (code) => (open ? found[code] : one.gone.includes(code) ? "gone" : "growing");
  const columns = [
    { key: "code", name: t("tree.code") },
    { key: "found", name: t("review.found"), value: ({ code }) => (said(code) ? t(`review.${said(code)}`) : ""),
      show: ({ code }) => (findings ? html`<${Finding} key=${code} code=${code} value=${found[code]} write=${write} />` : open ? "—" : html`<${Badge} kind=${said(code) === "gone" ? "bad" : "good"}>${t(`review.${said(code)}`)}<//>`) },
  ];
  return html`<${Heading} title=${t("review.title", { year: one.year })} back=${[t("nav.reviews"), "/year-reviews"]} lead=${one.region.path}>
      <${Badge} kind=${open ? "warn" : "good"}>${t(open ? "review.open" : "review.confirmed")}<//>
      ${findings && done === one.sample.length && html`<${Act} words=${t("review.confirm")} kind="primary" act=${confirm} done=${t("review.confirm.done")}>
        <p>${t("review.confirm.about", { growing: count(named("growing").length), gone: count(named("gone").length) })}</p><p>${t("review.confirm.then")}</p><//>`}
    <//>
    <${Figures} figures=${[[t("review.sold"), count(one.sold)], [t("review.sample"), count(one.sample.length)],
    ...(open ? [] : [[t("review.gone"), count(one.gone.length)], [t("review.measured"), count(one.measured)], [t("review.lapsed"), count(one.lapsed)]])]} />
    ${findings && html`<div class="card stack tight"><${Progress} label=${t("review.progress")} done=${done} of=${one.sample.length} /><p class="small soft">${t("review.kept")}</p></div>`}
    <${Table} caption=${t("review.sample.title")} rows=${one.sample.map((code) => ({ code }))} columns=${columns} link=${({ code }) => may("GET /officer/trees/{code}") && `#/trees/${code}`} file=${`year-review-${one.id}`} />
    <${Facts} facts=${[[t("review.drawn"), time(one.drawn_at)], [t("review.confirmed"), one.confirmed_at && time(one.confirmed_at)]]} />`;
}

export default function YearReview({ id }) {
  const from = useAnswer(`/officer/year-reviews/${encodeURIComponent(id)}`);
  return html`<div class="stack"><${Loaded} from=${from}>${(one) => html`<${One} key=${one.id} one=${one} again=${from.again} />`}<//></div>`;
}
