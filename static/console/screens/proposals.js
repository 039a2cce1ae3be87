// Changes of officers' accounts that wait for a second administrator.
import { call } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { html, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Told, toldLine } from "../facts.js";
import { LinkSheet } from "../officers.js";
import { Act, Badge, Filters, Heading, may, Nothing, Table } from "../parts.js";

const PROPOSALS = "/officer/proposals";
const KIND = { open: "warn", confirmed: "good", refused: "bad" };

function Decide({ one, onDone }) {
  const decide = (verdict) => () => call("POST", `${PROPOSALS}/${one.id}/${verdict}`);
  const sum = { name: one.username, kind: t(`proposal.kind.${one.kind}`) };
  return html`<div class="row no-print">
    ${may(`POST ${PROPOSALS}/{proposal_id}/confirm`) && html`<${Act} words=${t("proposal.confirm")} kind="primary" act=${decide("confirm")} onDone=${onDone} done=${t("proposal.confirm.done")}><p>${t("proposal.confirm.about", sum)}</p><${Told} facts=${one.facts} /><//>`}
    ${may(`POST ${PROPOSALS}/{proposal_id}/refuse`) && html`<${Act} words=${t("proposal.refuse")} danger act=${decide("refuse")} onDone=${onDone} done=${t("proposal.refuse.done")}><p>${t("proposal.refuse.about", sum)}</p><//>`}
  </div>`;
}

export default function Proposals({ query }) {
  const [outcome, setOutcome] = useState(null);
  const from = useList(PROPOSALS, { state: query.state });
  const decided = (answer) => { from.again(); if (answer?.invitation) setOutcome(answer); };
  const columns = [
    { key: "username", name: t("username") },
    { key: "kind", name: t("proposal.kind"), value: ({ kind }) => t(`proposal.kind.${kind}`) },
    { key: "state", name: t("state"), value: ({ state }) => t(`proposal.${state}`), show: (one) => html`<div class="row"><${Badge} kind=${KIND[one.state]}>${t(`proposal.${one.state}`)}<//>${one.state === "open" && html`<${Decide} one=${one} onDone=${decided} />`}</div>` },
    { key: "facts", name: t("audit.facts"), value: ({ facts }) => toldLine(facts), show: ({ facts }) => html`<${Told} facts=${facts} />` },
    { key: "proposed_by", name: t("proposal.by") }, { key: "proposed_at", name: t("proposal.at"), kind: "time" },
    { key: "decided_by", name: t("export.decided_by") }, { key: "decided_at", name: t("export.decided_at"), kind: "time" },
  ];
  return html`<div class="stack"><${Heading} title=${t("proposals")} lead=${t("proposals.lead")} />
    <${Filters} query=${query} fields=${[{ name: "state", kind: "choice", label: t("state"), options: [["", t("proposal.open")], ...["confirmed", "refused"].map((state) => [state, t(`proposal.${state}`)])] }]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("proposals.none")} hint=${t("proposals.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("proposals")} rows=${items} from=${from} columns=${columns} file="danzhu-proposals" />`}<//>
    ${outcome && html`<${LinkSheet} outcome=${outcome} onClose=${() => setOutcome(null)} />`}</div>`;
}
