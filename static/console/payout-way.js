// The way of a batch, from its draft to its end, with the people of each step.
import { now } from "../shared/api.js";
import { time } from "../shared/format.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Steps } from "./parts.js";

const names = (people) => people.map(({ display_name: name }) => name).join(t("and"));
const begun = (at, isNext) => (at ? "done" : isNext ? "now" : "later");

/** Whether anybody may still object to a batch; it is approved by nobody before. */
export const onNotice = (batch) => batch.state === "submitted" && Date.parse(batch.objections_until) > now();

function steps(batch) {
  const { state, approvers, approvals_needed: needed } = batch;
  const way = [
    { title: t("way.drafted"), state: "done", by: batch.maker?.display_name, at: batch.drafted_at },
    { title: t("way.submitted"), state: begun(batch.submitted_at, state === "draft"), at: batch.submitted_at, note: batch.submitted_at ? null : t("way.submitted.note") },
    { title: t("way.notice"), state: onNotice(batch) ? "now" : batch.submitted_at ? "done" : "later", note: batch.objections_until && t("way.notice.until", { time: time(batch.objections_until) }) },
    { title: t("way.approved", { done: approvers.length, needed }), state: begun(batch.approved_at, state === "submitted" && !onNotice(batch)), by: names(approvers), at: batch.approved_at,
      note: needed > 1 && !batch.approved_at ? t("way.approved.two") : null },
    { title: t("way.released"), state: begun(batch.released_at, state === "approved"), by: batch.releaser?.display_name, at: batch.released_at },
    { title: t("way.settled"), state: begun(batch.ended_at, state === "released"), at: batch.ended_at, note: state === "released" ? t("way.settled.note") : null },
  ];
  if (state !== "rejected") return way;
  return [...way.slice(0, 5).filter((one, n) => one.state === "done" && (n !== 2 || batch.approved_at)), { title: t(batch.ended_by?.username === batch.maker?.username ? "way.cancelled" : "way.rejected"), state: "bad", by: batch.ended_by?.display_name, at: batch.ended_at, note: batch.reason }];
}

export const Way = ({ batch }) => html`<section class="card stack across"><h2>${t("way")}</h2><${Steps} steps=${steps(batch)} /></section>`;
