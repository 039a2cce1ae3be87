// One officer: roles and deputies, the sign-ins that are not over, and what an administrator may do.
import { call } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { time } from "../../shared/format.js";
import { Loaded, say } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { chosenRoles, LinkSheet, personAt, PERSON, PersonState, roleFields, ROLES, roleWords } from "../officers.js";
import { Act, Badge, Facts, Heading, may, Table } from "../parts.js";

function Roles({ one, onDone }) {
  const end = (role) => () => call("DELETE", personAt(one.username, `/deputies/${role}`));
  return html`<${Facts} title=${t("me.roles")} facts=${[]}>${!one.roles.length && html`<p class="soft">${t("person.no_roles")}</p>`}${one.roles.length > 0 && html`<ul class="list">${one.roles.map((held) => html`<li><div class="line"><p class="grow">${roleWords(held)} ${!held.in_force && html`<${Badge}>${t("person.not_in_force")}<//>`}</p>
    ${held.deputy && may(`DELETE ${PERSON}/deputies/{role}`) && html`<${Act} words=${t("person.deputy.end")} danger act=${end(held.role)} onDone=${onDone}><p>${t("person.deputy.end.about")}</p><//>`}</div></li>`)}</ul>`}<//>`;
}

function SignIns({ one }) {
  const from = useAnswer(personAt(one.username, "/sessions"));
  const end = async () => { await call("DELETE", personAt(one.username, "/sessions")); from.again(); };
  return html`<${Loaded} from=${from}>${({ items }) => (items.length ? html`<${Table} caption=${t("me.sign_ins")} rows=${items} file=${`danzhu-sign-ins-${one.username}`} columns=${[
    { key: "created_at", name: t("person.signed_in"), kind: "time" }, { key: "used_at", name: t("person.used"), kind: "time" }, { key: "expires_at", name: t("person.expires"), kind: "time" },
    { key: "second_factor", name: t("code"), value: ({ second_factor: coded }) => t(coded ? "me.coded" : "me.uncoded") },
  ]}>${may(`DELETE ${PERSON}/sessions`) && html`<${Act} words=${t("person.sign_out")} danger act=${end} done=${t("person.sign_out.done")}><p>${t("person.sign_out.about")}</p><//>`}<//>`
    : html`<p class="card soft">${t("person.no_sign_ins")}</p>`)}<//>`;
}

function Change({ one, onDone }) {
  const path = (rest) => personAt(one.username, rest);
  const standing = one.roles.filter(({ deputy }) => !deputy).map(({ role }) => role);
  const roles = ({ region, ...given }) => call("POST", path("/roles"), { body: { roles: chosenRoles(given), ...(region && { region }) } });
  return html`<div class="row no-print">
    ${may(`POST ${PERSON}/roles`) && html`<${Act} words=${t("person.roles.change")} act=${roles} onDone=${onDone} fields=${[...roleFields(standing), { name: "region", kind: "region", label: t("region") }]}><p>${t("person.roles.about", { region: one.region.name })}</p><//>`}
    ${may(`POST ${PERSON}/deputies`) && html`<${Act} words=${t("person.deputy")} act=${(body) => call("POST", path("/deputies"), { body })} onDone=${onDone} fields=${[
      { name: "role", kind: "choice", label: t("person.role"), options: ROLES.map((role) => [role, t(`role.${role}`)]) }, { name: "from", kind: "day", label: t("from") }, { name: "to", kind: "day", label: t("to") },
    ]}><p>${t("person.deputy.about")}</p><//>`}
    ${may(`POST ${PERSON}/reset`) && html`<${Act} words=${t("person.reset")} danger act=${(body) => call("POST", path("/reset"), { body })} onDone=${onDone} fields=${[{ name: "second_factor", kind: "flag", label: t("person.reset.phone"), hint: t("person.reset.phone.hint") }]}><p>${t("person.reset.about")}</p><//>`}
    ${may(`POST ${PERSON}/end`) && html`<${Act} words=${t("person.end")} danger act=${() => call("POST", path("/end"))} onDone=${onDone}><p>${t("person.end.about", { name: one.display_name })}</p><//>`}
  </div>`;
}

export default function Person({ username }) {
  const from = useAnswer(personAt(username));
  const [outcome, setOutcome] = useState(null);
  const done = (answer) => {
    from.again();
    if (answer?.invitation) setOutcome(answer);
    else say(t(answer?.person?.proposal ? "person.proposed" : "person.changed"));
  };
  return html`<div class="stack"><${Loaded} from=${from}>${(one) => html`
    <${Heading} title=${one.display_name} back=${[t("officers"), "/people"]} lead=${html`${one.username} <${PersonState} state=${one.state} />`} />
    ${one.proposal !== null && html`<p class="notice warn">${t("person.proposal")}${may("GET /officer/proposals") && html` <a class="tap" href="#/proposals">${t("proposals")}</a>`}</p>`}
    ${one.state !== "ended" && html`<${Change} one=${one} onDone=${done} />`}
    <${Facts} facts=${[
    [t("region"), one.region.path], [t("code"), t(one.second_factor ? "yes" : "no")], [t("person.held"), one.payouts_held_until && time(one.payouts_held_until)],
    [t("person.since"), time(one.created_at)], [t("person.ended_at"), one.ended_at && time(one.ended_at)],
  ]} />
    <${Roles} one=${one} onDone=${done} />
    ${may(`GET ${PERSON}/sessions`) && html`<${SignIns} one=${one} />`}`}<//>
    ${outcome && html`<${LinkSheet} outcome=${outcome} onClose=${() => setOutcome(null)} />`}</div>`;
}
