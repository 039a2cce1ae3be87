// What may be done with a batch, by its state and by the officer's roles.
import { call } from "../shared/api.js";
import { count, time, yuan } from "../shared/format.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Act, may, me } from "./parts.js";
import { BATCH, batchAt, isMine } from "./payouts.js";
import { onNotice } from "./payout-way.js";

const reason = () => [{ name: "reason", kind: "long", label: t("reason"), hint: t("reason.hint"), min: 2, max: 200 }];
const REJECTABLE = ["submitted", "approved"];

/** Why this officer does not do what their role may, in words: nobody has two duties for one batch. */
function ownDuty(batch) {
  const { state, maker, approvers } = batch;
  const made = isMine(batch);
  const approved = approvers.some(({ username }) => username === me().username);
  if (state === "draft" && !made && may(`POST ${BATCH}/submit`)) return t("batch.own.not_made", { name: maker?.display_name ?? "—" });
  if (state === "submitted" && may(`POST ${BATCH}/approve`)) return made ? t("batch.own.made_approve") : approved ? t("batch.own.approved") : null;
  if (state === "approved" && may(`POST ${BATCH}/release`)) return made ? t("batch.own.made_release") : approved ? t("batch.own.approved_release") : null;
  return null;
}

/** Nothing where nothing can be done. */
export function BatchActs({ batch, again }) {
  const { id, state } = batch;
  const own = ownDuty(batch);
  const made = isMine(batch);
  const sum = { count: count(batch.households), yuan: yuan(batch.amount_fen), until: time(batch.objections_until) };
  const open = (verb, ...states) => states.includes(state) && may(`POST ${BATCH}/${verb}`);
  const act = (verb) => async (body) => { await call("POST", batchAt(id, `/${verb}`), Object.keys(body).length ? { body } : {}); again(); };
  const acts = [
    made && open("submit", "draft") && html`<${Act} words=${t("batch.submit")} kind="primary" act=${act("submit")} done=${t("batch.submit.done")}><p>${t("batch.submit.about", sum)}</p><//>`,
    !own && open("approve", "submitted") && !onNotice(batch) && html`<${Act} words=${t("batch.approve")} kind="primary" act=${act("approve")} done=${t("batch.approve.done")}><p>${t("batch.approve.about", sum)}</p><//>`,
    !own && open("release", "approved") && html`<${Act} words=${t("batch.release")} kind="primary" act=${act("release")} done=${t("batch.release.done")}>
      <p>${t("batch.release.about", sum)}</p><p class="notice warn">${t("batch.release.warning")}</p><//>`,
    open("reject", ...REJECTABLE) && html`<${Act} words=${t("batch.reject")} danger fields=${reason()} act=${act("reject")} done=${t("batch.reject.done")}><p>${t("batch.reject.about")}</p><//>`,
    made && open("cancel", "draft", ...REJECTABLE) && html`<${Act} words=${t("batch.cancel")} danger fields=${reason()} act=${act("cancel")} done=${t("batch.cancel.done")}><p>${t("batch.cancel.about")}</p><//>`,
  ].filter(Boolean);
  return html`${own ? html`<p class="notice">${own}</p>` : open("approve", "submitted") && onNotice(batch) && html`<p class="notice">${t("batch.approve.later", sum)}</p>`}
    ${acts.length > 0 && html`<div class="row no-print">${acts}</div>`}`;
}
