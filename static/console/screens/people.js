// The officers of one's division: who may do what, and bringing somebody in.
import { call } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { chosenRoles, LinkSheet, PEOPLE, PersonState, roleFields, ROLES, roleWords } from "../officers.js";
import { Act, Filters, Heading, may, Nothing, Table, useOfficer } from "../parts.js";

const columns = () => [
  { key: "display_name", name: t("me.name"), kind: "wide" }, { key: "username", name: t("username") },
  { key: "state", name: t("state"), value: ({ state }) => t(`person.${state}`), show: ({ state }) => html`<${PersonState} state=${state} />` },
  { key: "roles", name: t("me.roles"), value: ({ roles }) => roles.map(roleWords).join(t("and")) },
  { key: "region", name: t("region"), kind: "wide", value: ({ region }) => region.path },
  { key: "second_factor", name: t("code"), value: ({ second_factor: coded }) => t(coded ? "yes" : "no") },
  { key: "proposal", name: t("person.waits"), value: ({ proposal }) => t(proposal === null ? "no" : "yes") },
  { key: "payouts_held_until", name: t("person.held"), kind: "time" },
  { key: "created_at", name: t("person.since"), kind: "time" },
];

function Invite({ onDone }) {
  const { who } = useOfficer();
  const invite = ({ username, display_name: name, identity, region, ...given }) =>
    call("POST", PEOPLE, { body: { username: username.trim(), display_name: name.trim(), identity: identity.trim(), region: region || who.region.code, roles: chosenRoles(given) } });
  return html`<${Act} words=${t("person.invite")} kind="primary" act=${invite} onDone=${onDone} fields=${[
    { name: "display_name", label: t("me.name"), max: 32, autocomplete: "off" },
    { name: "username", label: t("username"), hint: t("person.username.hint"), max: 32, autocomplete: "off", autocapitalize: "none", spellcheck: false },
    { name: "identity", label: t("person.identity"), hint: t("person.identity.hint"), max: 40, autocomplete: "off" },
    { name: "region", kind: "region", label: t("region") }, ...roleFields(),
  ]}><p>${t("person.invite.about")}</p><//>`;
}

export default function People({ query }) {
  const [outcome, setOutcome] = useState(null);
  const from = useList(PEOPLE, { region: query.region, role: query.role, state: query.state, limit: 50 });
  const invited = (done) => { from.again(); if (done.invitation) setOutcome(done); else go(`/people/${done.person.username}`); };
  return html`<div class="stack"><${Heading} title=${t("officers")}>
      ${may("GET /officer/proposals") && html`<a class="button" href="#/proposals">${t("proposals")}</a>`}
      ${may(`POST ${PEOPLE}`) && html`<${Invite} onDone=${invited} />`}<//>
    <${Filters} query=${query} fields=${[
    { name: "role", kind: "choice", label: t("person.role"), options: [["", t("all")], ...ROLES.map((role) => [role, t(`role.${role}`)])] },
    { name: "state", kind: "choice", label: t("state"), options: [["", t("all")], ...["invited", "active", "ended"].map((state) => [state, t(`person.${state}`)])] },
    { name: "region", kind: "region", label: t("region") },
  ]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("officers.none")} hint=${t("officers.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("officers")} rows=${items} from=${from} columns=${columns()} link=${({ username }) => `#/people/${username}`} file="danzhu-officers" />`}<//>
    ${outcome && html`<${LinkSheet} outcome=${outcome} onClose=${() => setOutcome(null)} />`}</div>`;
}
