// The officers' console: its screens and what leads to them. A screen stands here in one line, and brings its own words.
import { Failure, Waiting } from "../shared/parts.js";
import { Screens } from "../shared/router.js";
import { html, render, useEffect, useState } from "../shared/view.js";
import { addWords, t } from "../shared/words.js";
import { WORDS } from "../words/console.js";
import { begin, demo, may, useOfficer } from "./officer.js";
import { Shell } from "./shell.js";
import { SignIn } from "./sign-in.js";

addWords(WORDS);

/** [address, what loads it, the call of domain/permissions.py that opens it]; a screen without one is everybody's. */
const ROUTES = [
  ["/", () => import("./screens/overview.js")],
  ["/me", () => import("./screens/me.js")],
  ["/households", () => import("./screens/households.js"), "GET /officer/households"],
  ["/households/:id", () => import("./screens/household.js"), "GET /officer/households/{public_id}"],
  ["/households/:id/trees", () => import("./screens/household-trees.js"), "GET /officer/households/{public_id}/trees"],
  ["/households/:id/income", () => import("./screens/household-income.js"), "GET /officer/households/{public_id}/income"],
  ["/households/:id/postings", () => import("./screens/household-postings.js"), "GET /officer/households/{public_id}/postings"],
  ["/households/:id/accounts", () => import("./screens/household-accounts.js"), "GET /officer/households/{public_id}/accounts"],
  ["/households/:id/consents", () => import("./screens/household-consents.js"), "GET /officer/households/{public_id}/consents"],
  ["/households/:id/changes", () => import("./screens/household-changes.js"), "GET /officer/households/{public_id}/changes"],
  ["/households/:id/binding", () => import("./screens/household-binding.js"), "GET /officer/households/{public_id}/binding"],
  ["/income", () => import("./screens/income.js"), "GET /officer/income"],
  ["/payouts", () => import("./screens/payouts.js"), "GET /officer/payout-batches"],
  ["/payouts/ageing", () => import("./screens/payout-ageing.js"), "GET /officer/payouts/ageing"],
  ["/payouts/:id", () => import("./screens/payout.js"), "GET /officer/payout-batches/{batch_id}"],
  ["/payouts/:id/returns/:file", () => import("./screens/payout-return.js"), "GET /officer/payout-batches/{batch_id}/returns/{return_id}"],
  ["/reconciliations", () => import("./screens/reconciliations.js"), "GET /officer/reconciliations/{day}"],
  ["/incidents", () => import("./screens/incidents.js"), "GET /officer/incidents"],
  ["/incidents/:id", () => import("./screens/incident.js"), "GET /officer/incidents/{incident_id}"],
  ["/audit", () => import("./screens/audit.js"), "GET /officer/audit"],
  ["/months", () => import("./screens/months.js"), "GET /officer/months"],
  ["/months/:month", () => import("./screens/month.js"), "GET /officer/months/{month}"],
  ["/exports", () => import("./screens/period-exports.js"), "GET /officer/period-exports"],
  ["/people", () => import("./screens/people.js"), "GET /officer/people"],
  ["/people/:username", () => import("./screens/person.js"), "GET /officer/people/{username}"],
  ["/proposals", () => import("./screens/proposals.js"), "GET /officer/proposals"],
  ["/poverty-lines", () => import("./screens/poverty-lines.js"), "GET /officer/poverty-lines"],
  ["/imports", () => import("./screens/imports.js"), "GET /officer/imports"],
  ["/imports/:id", () => import("./screens/import.js"), "GET /officer/imports/{import_id}"],
  ["/accounts", () => import("./screens/accounts.js"), "GET /officer/accounts"],
  ["/trees", () => import("./screens/trees.js"), "GET /officer/trees/{code}"],
  ["/trees/:code", () => import("./screens/tree.js"), "GET /officer/trees/{code}"],
  ["/verifications", () => import("./screens/verifications.js"), "GET /officer/verifications"],
  ["/verifications/:id", () => import("./screens/verification.js"), "GET /officer/verifications/{verification_id}"],
  ["/year-reviews", () => import("./screens/year-reviews.js"), "GET /officer/year-reviews"],
  ["/year-reviews/:id", () => import("./screens/year-review.js"), "GET /officer/year-reviews/{review_id}"],
];

const missing = () => import("./screens/missing.js");
const setUpCode = () => import("./screens/set-up-code.js");
/** Open to who has no sign-in yet. */
const INVITATION = ["/invitation", () => import("./screens/invitation.js")];

/** Screens for who is signed in; a sign-in that must set a code up first sees nothing else. */
function Open({ who }) {
  if (who.must_set_up_code) return html`<${Screens} routes=${[]} missing=${setUpCode} />`;
  return html`<${Screens} routes=${ROUTES.filter(([, , call]) => !call || may(call))} missing=${missing} />`;
}

/** An open sheet lets nothing else be touched, hidden or not: it is laid aside while somebody signs in, and comes back as it was. */
function layAside(signedIn) {
  if (signedIn) {
    document.querySelectorAll("dialog[data-aside]").forEach((sheet) => { delete sheet.dataset.aside; sheet.showModal(); });
    return;
  }
  document.querySelectorAll("dialog[open]").forEach((sheet) => { sheet.dataset.aside = ""; sheet.close(); });
  document.getElementById("field-username")?.focus();
}

function Console() {
  const { who, ended } = useOfficer();
  const [failure, setFailure] = useState(null);
  const [last, setLast] = useState(null);
  const ask = () => { setFailure(null); begin().catch(setFailure); };
  useEffect(ask, []);
  useEffect(() => layAside(Boolean(who)), [who]);
  // Somebody whose sign-in ended finds the screen as it was, with what had been typed; somebody else finds a fresh one.
  useEffect(() => { if (who || !ended) setLast(who ?? null); }, [who, ended]);
  const invited = location.hash.startsWith("#/invitation");
  if (failure) return html`<main class="page alone"><${Failure} error=${failure} again=${ask} /></main>`;
  if (invited) return html`<main class="page alone"><${Screens} routes=${[INVITATION]} missing=${missing} /></main>`;
  if (who === undefined) return html`<main class="page alone"><${Waiting} /></main>`;
  const kept = who ?? (ended ? last : null);
  return html`
    ${!who && html`<${SignIn} ended=${ended} />`}
    ${kept && html`<div hidden=${!who}><${Shell} key=${kept.username} who=${kept}><${Open} who=${kept} /><//></div>`}`;
}

const place = document.getElementById("console");
place.replaceChildren();
render(html`${demo && html`<header class="demo-band no-print">${t("demo")}</header>`}<${Console} />`, place);
