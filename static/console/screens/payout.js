// One payout batch: how far it has come and by whom, what it pays, what may be done with it, and its papers.
import { useAnswer } from "../../shared/calls.js";
import { count, yuan } from "../../shared/format.js";
import { Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Figures, Heading, may, Table } from "../parts.js";
import { BATCH, batchAt, BatchState, LineState } from "../payouts.js";
import { BatchActs } from "../payout-acts.js";
import { LeftOut, Lines } from "../payout-lines.js";
import { Papers, Returns } from "../payout-papers.js";
import { Way } from "../payout-way.js";

const SHOWS_RETURNS = ["released", "settled"];

const sumColumns = () => [
  { key: "state", name: t("state"), value: ({ state }) => t(`payout_line.${state}`), show: ({ state }) => html`<${LineState} state=${state} />` },
  { key: "households", name: t("households"), kind: "count" },
  { key: "amount_fen", name: t("amount"), unit: t("yuan"), kind: "money" },
];

const Sums = ({ batch }) => {
  const rows = Object.entries(batch.lines).map(([state, sum]) => ({ state, ...sum })).filter(({ households }) => households > 0);
  return rows.length > 0 && html`<${Table} caption=${t("batch.sums")} rows=${rows} columns=${sumColumns()} file=${`danzhu-sums-${batch.number}`} />`;
};

/** Money that came back is owed again, and goes out with the next batch. */
function CameBack({ lines }) {
  const back = ["bounced", "returned"].map((state) => lines[state] ?? { households: 0, amount_fen: 0 });
  const sum = (name) => back[0][name] + back[1][name];
  return sum("households") > 0 && html`<p class="notice warn">${t("batch.came_back", { count: count(sum("households")), yuan: yuan(sum("amount_fen")) })}</p>`;
}

function Batch({ batch, again }) {
  // What an act has changed shows in the lists as well.
  const round = `${batch.state} ${JSON.stringify(batch.lines)}`;
  return html`<${Figures} figures=${[
    [t("amount"), yuan(batch.amount_fen), t("yuan")], [t("households"), count(batch.households)], [t("batch.least"), yuan(batch.threshold_fen), t("yuan")],
    [t("batch.up_to"), batch.up_to], [t("batch.channel"), t(`batch.channel.${batch.channel}`)],
  ]} />
    <${BatchActs} batch=${batch} again=${again} />
    <${CameBack} lines=${batch.lines} />
    <${Way} batch=${batch} />
    <${Papers} batch=${batch} again=${again} />
    <${Sums} batch=${batch} />
    ${SHOWS_RETURNS.includes(batch.state) && batch.channel === "bank" && may(`GET ${BATCH}/returns`) && html`<${Returns} batch=${batch} />`}
    <${Lines} key=${`lines ${round}`} batch=${batch} />
    <${LeftOut} key=${`left ${round}`} batch=${batch} />`;
}

export default function Payout({ id }) {
  const from = useAnswer(batchAt(id));
  return html`<div class="stack"><${Loaded} from=${from}>${(batch) => html`
    <${Heading} title=${`${t("batch")} ${batch.number}`} back=${[t("payouts"), "/payouts"]} lead=${html`${batch.region.path} <${BatchState} state=${batch.state} />${batch.year_end && ` · ${t("batch.year_end")}`}`} />
    <${Batch} batch=${batch} again=${from.again} />`}<//></div>`;
}
