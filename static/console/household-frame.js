// What stands above every screen of one household: who it is, masked, and the ways into its parts.
import { useAnswer } from "../shared/calls.js";
import { Loaded } from "../shared/parts.js";
import { useHere } from "../shared/router.js";
import { html, useEffect, useRef } from "../shared/view.js";
import { addWords, t } from "../shared/words.js";
import { WORDS } from "../words/console-households.js";
import { Heading, may } from "./parts.js";

addWords(WORDS);

export const HOUSEHOLD = "/officer/households/{public_id}";
/** [end of the address, words, the call that opens it] */
const PARTS = [
  ["", "part.facts", `GET ${HOUSEHOLD}`],
  ["/trees", "part.trees", `GET ${HOUSEHOLD}/trees`],
  ["/income", "part.income", `GET ${HOUSEHOLD}/income`],
  ["/postings", "part.postings", `GET ${HOUSEHOLD}/postings`],
  ["/accounts", "part.accounts", `GET ${HOUSEHOLD}/accounts`],
  ["/consents", "part.consents", `GET ${HOUSEHOLD}/consents`],
  ["/changes", "part.changes", `GET ${HOUSEHOLD}/changes`],
  ["/binding", "part.binding", `GET ${HOUSEHOLD}/binding`],
];

/** The API's address of a household, or of a part of it. */
export const at = (id, rest = "") => `/officer/households/${encodeURIComponent(id)}${rest}`;

/** The ways into the parts; on a phone the one that is open may stand beyond the edge. */
function Parts({ root, path }) {
  const open = useRef();
  useEffect(() => open.current?.scrollIntoView({ block: "nearest", inline: "center" }), [path]);
  return html`<nav class="parts no-print" aria-label=${t("parts")}>${PARTS.filter(([, , call]) => may(call)).map(([end, words]) => {
    const current = path === root + end;
    return html`<a href=${`#${root}${end}`} aria-current=${current ? "page" : null} ref=${current ? open : null}>${t(words)}</a>`;
  })}</nav>`;
}

/** `children(household, again)` below the household's head. */
export function HouseholdFrame({ id, children }) {
  const from = useAnswer(at(id));
  const { path } = useHere();
  const root = `/households/${id}`;
  return html`<div class="stack"><${Loaded} from=${from}>${(household) => html`
    <${Heading} title=${`${household.name} ${household.number}`} back=${[t("households"), "/households"]} lead=${household.region.path} />
    <${Parts} root=${root} path=${path} />
    ${children(household, from.again)}`}<//></div>`;
}
