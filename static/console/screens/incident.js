// One incident: what is known of it, who looks after it, and how it is settled.
import { call } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { count, time } from "../../shared/format.js";
import { Button, Loaded, say, Sheet } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-control.js";
import { thing, told } from "../facts.js";
import { IncidentState } from "../incident-state.js";
import { Act, Facts, Form, Heading, may, me } from "../parts.js";

addWords(WORDS);

const INCIDENT = "/officer/incidents/{incident_id}";

/** Whom it is given to, oneself first. */
function AssignSheet({ at, onClose, again }) {
  const from = useAnswer(`${at}/assignees`);
  const mine = ({ username }) => username === me().username;
  const named = (one) => [one.username, t(mine(one) ? "incident.assign.me" : "incident.assign.one", { name: one.display_name, username: one.username })];
  const assign = (body) => call("POST", `${at}/assign`, { body });
  return html`<${Sheet} title=${t("incident.assign")} onClose=${onClose}><${Loaded} from=${from}>${({ items }) => (items.length
    ? html`<${Form} label=${t("incident.assign")} act=${assign} onDone=${() => { onClose(); say(t("incident.assign.done")); again(); }}
        fields=${[{ name: "username", kind: "choice", label: t("incident.owner"), options: [...items.filter(mine), ...items.filter((one) => !mine(one))].map(named) }]}><p>${t("incident.assign.about")}</p><//>`
    : html`<p class="notice warn">${t("incident.assign.nobody")}</p>`)}<//><//>`;
}

function Assign(given) {
  const [open, setOpen] = useState(false);
  return html`<${Button} onClick=${() => setOpen(true)}>${t("incident.assign")}<//>
    ${open && html`<${AssignSheet} ...${given} onClose=${() => setOpen(false)} />`}`;
}

function Decide({ one, again }) {
  const at = `/officer/incidents/${one.id}`;
  const resolve = async (body) => { await call("POST", `${at}/resolve`, { body }); again(); };
  const seconds = one.state === "proposed";
  const own = seconds && one.resolved_by.includes(me().username);
  const about = seconds ? "incident.second.about" : one.people_needed > 1 ? "incident.propose.about" : "incident.resolve.about";
  return html`${own && html`<p class="notice">${t("incident.second.own")}</p>`}<div class="row no-print">
    ${!own && may(`POST ${INCIDENT}/resolve`) && html`<${Act} words=${t(seconds ? "incident.second" : one.people_needed > 1 ? "incident.propose" : "incident.resolve")} kind="primary" act=${resolve} done=${t("incident.resolve.done")}
      fields=${[{ name: "resolution", kind: "long", label: t("incident.resolution"), hint: t("reason.hint"), min: 4, max: 140 }]}><p>${t(about)}</p><//>`}
    ${may(`POST ${INCIDENT}/assign`) && html`<${Assign} at=${at} again=${again} />`}
  </div>`;
}

export default function Incident({ id }) {
  const from = useAnswer(`/officer/incidents/${encodeURIComponent(id)}`);
  return html`<div class="stack narrow"><${Loaded} from=${from}>${(one) => html`
    <${Heading} title=${one.title} back=${[t("incidents"), "/incidents"]} lead=${html`${t("incident.number")} ${one.id} <${IncidentState} state=${one.state} />`} />
    ${one.state !== "resolved" && html`<${Decide} one=${one} again=${from.again} />`}
    <${Facts} title=${t("audit.facts")} facts=${[[t("audit.subject"), thing(one.subject)], ...told(one.facts).map(([name, was, is]) => [name, is === undefined ? was : `${was} → ${is}`])]} />
    <${Facts} title=${t("incident.course")} facts=${[
    [t("incident.first_seen"), time(one.first_seen_at)], [t("incident.last_seen"), time(one.last_seen_at)], [t("incident.seen"), count(one.seen)],
    [t("incident.people"), count(one.people_needed)], [t("incident.owner"), one.owner],
    [t("incident.resolution"), one.resolution && html`<span class="lines">${one.resolution}</span>`], [t("incident.resolved_by"), one.resolved_by.join(t("and"))], [t("incident.resolved_at"), one.resolved_at && time(one.resolved_at)],
  ]} />`}<//></div>`;
}
