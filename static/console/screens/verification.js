// One verification: what it makes sellable, why other trees are left out, and approving or taking it back.
import { call } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { count, kilograms, yuan } from "../../shared/format.js";
import { Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Act, Facts, Figures, Heading, may, Steps, Table } from "../parts.js";
import { VerificationState } from "../verification-state.js";

const VERIFICATION = "/officer/verifications/{verification_id}";

const leftOut = (reasons) => Object.entries(reasons).map(([reason, trees]) => ({ reason, trees })).sort((one, other) => other.trees - one.trees);
const columns = () => [
  { key: "reason", name: t("not_verified.reason"), value: ({ reason }) => t(`not_verified.${reason}`) },
  { key: "trees", name: t("trees"), kind: "count" },
  { key: "hint", name: t("not_verified.todo"), value: ({ reason }) => t(`not_verified.todo.${reason}`) },
];

const way = ({ state, verifier, created_at: created, approved_at: approved, withdrawn_at: withdrawn }) => [
  { title: t("verification.draft"), state: "done", by: approved ? null : verifier, at: created },
  ...(approved || state === "draft" ? [{ title: t(approved ? "verification.approved" : "verification.approve"), state: approved ? "done" : "now", by: approved && verifier, at: approved }] : []),
  ...(withdrawn ? [{ title: t("verification.withdrawn"), state: "bad", at: withdrawn }] : []),
];

function One({ one, again }) {
  const act = (verb) => async () => { await call("POST", `/officer/verifications/${one.id}/${verb}`); again(); };
  const left = leftOut(one.left_out);
  const sellable = one.units - one.buffer_units;
  return html`<${Heading} title=${`${one.region.name} ${one.year}`} back=${[t("nav.verifications"), "/verifications"]} lead=${one.region.path}>
      <${VerificationState} state=${one.state} />
      ${one.state === "draft" && may(`POST ${VERIFICATION}/approve`) && html`<${Act} words=${t("verification.approve")} kind="primary" act=${act("approve")} done=${t("verification.approve.done")}>
        <p>${t("verification.approve.about", { count: count(one.units), region: one.region.path, year: one.year })}</p><p>${t("verification.approve.frozen", { price: yuan(one.price_fen) })}</p><//>`}
      ${one.state !== "withdrawn" && may(`POST ${VERIFICATION}/withdraw`) && html`<${Act} words=${t("verification.withdraw")} danger act=${act("withdraw")} done=${t("verification.withdraw.done")}><p>${t("verification.withdraw.about")}</p><//>`}
    <//>
    <${Figures} figures=${[
    [t("verification.units"), count(one.units), t("unit.trees")],
    ...(one.approved_at ? [[t("verification.buffer"), count(one.buffer_units), t("unit.trees")], [t("verification.sellable"), count(sellable), t("unit.trees")]] : []),
    [t("verification.left_out"), count(left.reduce((sum, { trees }) => sum + trees, 0)), t("unit.trees")],
  ]} />
    ${one.state === "draft" && html`<p class="notice warn">${t("verification.draft.said")}</p>`}
    ${left.length > 0
    ? html`<${Table} caption=${t("not_verified.title")} rows=${left} columns=${columns()} file=${`verification-${one.id}-left-out`} />`
    : html`<p class="card soft">${t("not_verified.none")}</p>`}
    <${Facts} title=${t("verification.terms")} facts=${[
    [t("verification.price"), t("verification.price.of", { yuan: yuan(one.price_fen) })], [t("verification.sink"), `${kilograms(one.flat_sink_g)} ${t("kg")}`],
    [t("verification.method"), `${one.method.id} ${one.method.version}`],
  ]} />
    <section class="card stack"><h2>${t("import.way")}</h2><${Steps} steps=${way(one)} /></section>`;
}

export default function Verification({ id }) {
  const from = useAnswer(`/officer/verifications/${encodeURIComponent(id)}`);
  return html`<div class="stack"><${Loaded} from=${from}>${(one) => html`<${One} one=${one} again=${from.again} />`}<//></div>`;
}
