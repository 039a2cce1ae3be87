// What the screens about officers share: their roles as they stand, and the link that is shown once.
import { day, time } from "../shared/format.js";
import { Button, say, Sheet } from "../shared/parts.js";
import { html } from "../shared/view.js";
import { addWords, t } from "../shared/words.js";
import { WORDS } from "../words/console-control.js";
import { Badge } from "./parts.js";

addWords(WORDS);

export const PEOPLE = "/officer/people";
export const PERSON = `${PEOPLE}/{username}`;
export const personAt = (username, rest = "") => `${PEOPLE}/${encodeURIComponent(username)}${rest}`;
export const ROLES = ["surveyor", "registrar", "verifier", "maker", "approver", "releaser", "auditor", "administrator"];
const KIND = { invited: "warn", active: "good" };

export const PersonState = ({ state }) => html`<${Badge} kind=${KIND[state]}>${t(`person.${state}`)}<//>`;

/** A role in words, with the days of a deputy. */
export const roleWords = ({ role, deputy, from, to }) => (deputy ? t("person.deputy_of", { role: t(`role.${role}`), from: day(from), to: day(to) }) : t(`role.${role}`));

/** One box for each role, and what was ticked of them. */
export const roleFields = (had = []) => ROLES.map((role) => ({ name: `role_${role}`, kind: "flag", label: t(`role.${role}`), value: had.includes(role) }));
export const chosenRoles = (given) => ROLES.filter((role) => given[`role_${role}`]);

/** The link by which a person chooses a password: nobody can see it again. */
export function LinkSheet({ outcome, onClose }) {
  const { token, expires_at: until } = outcome.invitation;
  const link = `${location.origin}${location.pathname}#/invitation?token=${encodeURIComponent(token)}`;
  const copy = () => navigator.clipboard?.writeText(link).then(() => say(t("link.copied")), () => {});
  return html`<${Sheet} title=${t("link.title", { name: outcome.person.display_name })} onClose=${onClose}><div class="stack">
    <p class="notice warn">${t("link.about", { time: time(until) })}</p>
    <p class="breaks"><code>${link}</code></p>
    <${Button} kind="primary" wide onClick=${copy}>${t("link.copy")}<//>
    <${Button} wide onClick=${onClose}>${t("link.kept")}<//>
  </div><//>`;
}
