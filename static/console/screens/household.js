// One household: what is known of it, masked; one field in full for a typed reason.
import { call } from "../../shared/api.js";
import { count, day, kilograms, time, yuan } from "../../shared/format.js";
import { Button } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { at, HOUSEHOLD, HouseholdFrame } from "../household-frame.js";
import { Badge, Facts, Figures, may, ReasonSheet } from "../parts.js";

const FIELDS = ["name", "identity", "phone", "account", "category"];

/** Masked fields, each with a way to see it in full; what was seen stays until the screen is left. */
function Masked({ household }) {
  const [asked, setAsked] = useState(null);
  const [seen, setSeen] = useState({});
  const mayReveal = may(`POST ${HOUSEHOLD}/reveal`);
  const look = async (reason) => {
    const { field, value } = await call("POST", at(household.public_id, "/reveal"), { body: { field: asked, reason } });
    setSeen((before) => ({ ...before, [field]: value ?? t("household.nothing") }));
  };
  const lines = FIELDS.filter((field) => field in household || mayReveal);
  return html`<section class="card stack tight"><h2>${t("household.personal")}</h2>
    <ul class="masked">${lines.map((field) => html`<li key=${field}>
      <div class="grow"><span class="small soft">${t(`field.${field}`)}</span><br /><strong>${seen[field] ?? (field in household ? household[field] ?? "—" : t("household.hidden"))}</strong> ${field in seen && html`<${Badge} kind="warn">${t("household.in_full")}<//>`}</div>
      ${mayReveal && !(field in seen) && html`<${Button} onClick=${() => setAsked(field)}><span>${t("household.reveal")}<span class="unseen"> ${t(`field.${field}`)}</span></span><//>`}
    </li>`)}</ul>
    ${asked && html`<${ReasonSheet} title=${t("household.reveal.title", { field: t(`field.${asked}`) })} label=${t("household.reveal")} act=${look} onClose=${() => setAsked(null)}><p>${t("household.reveal.about")}</p><//>`}
  </section>`;
}

const Known = ({ household: one }) => html`<${Facts} title=${t("household.registered")} facts=${[
  [t("people"), count(one.people)], [t("trees"), count(one.trees)], [t("field.bank"), one.bank],
  [t("household.forest_right"), one.forest_right],
  [t("household.income_per_person"), one.income_per_person_yuan !== null && t("yuan.amount", { yuan: count(one.income_per_person_yuan) })],
  [t("household.sale_consent"), one.sale_consent_on ? day(one.sale_consent_on) : t("household.no_consent")],
  [t("household.name_public"), t(one.name_public ? "yes" : "no")],
  [t("household.contract"), one.contract_from && `${day(one.contract_from)} – ${day(one.contract_to)}`],
  [t("household.registered_at"), time(one.registered_at)],
]} />`;

export default ({ id }) => html`<${HouseholdFrame} id=${id}>${(household) => html`
  ${household.earned_fen !== null && html`<${Figures} figures=${[
    [t("earned"), yuan(household.earned_fen), t("yuan")], [t("paid"), yuan(household.paid_fen), t("yuan")],
    [t("in_transit"), yuan(household.in_transit_fen), t("yuan")], [t("balance"), yuan(household.balance_fen), t("yuan")],
    [t("trees_sold"), count(household.trees_sold)], [t("sink"), kilograms(household.sink_g), t("kg")],
  ]} />`}
  <${Masked} household=${household} />
  <${Known} household=${household} />`}<//>`;
