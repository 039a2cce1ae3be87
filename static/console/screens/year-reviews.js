// Looking back at years that are over: drawn samples, and what became of them.
import { call } from "../../shared/api.js";
import { useList } from "../../shared/calls.js";
import { Listed } from "../../shared/parts.js";
import { go } from "../../shared/router.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { Act, Badge, Filters, Heading, may, Nothing, Table, useOfficer } from "../parts.js";
import { chosen, regionAndYear, thisYear } from "../region-year.js";

const stateOf = ({ confirmed_at: confirmed }) => t(confirmed ? "review.confirmed" : "review.open");

const columns = () => [
  { key: "region", name: t("region"), kind: "wide", value: ({ region }) => region.path },
  { key: "year", name: t("verification.year") },
  { key: "state", name: t("state"), value: stateOf, show: (one) => html`<${Badge} kind=${one.confirmed_at ? "good" : "warn"}>${stateOf(one)}<//>` },
  { key: "sold", name: t("review.sold"), kind: "count" },
  { key: "sample", name: t("review.sample"), kind: "count", value: ({ sample }) => sample.length },
  { key: "gone", name: t("review.gone"), kind: "count", value: ({ gone }) => gone.length },
  { key: "measured", name: t("review.measured"), kind: "count" },
  { key: "lapsed", name: t("review.lapsed"), kind: "count" },
  { key: "drawn_at", name: t("review.drawn"), kind: "time" },
  { key: "confirmed_at", name: t("review.confirmed"), kind: "time" },
];

export default function YearReviews({ query }) {
  const { who } = useOfficer();
  const from = useList("/officer/year-reviews", { region: query.region, limit: 50 });
  const drawSample = (given) => call("POST", "/officer/year-reviews", { body: chosen(given, who) });
  return html`<div class="stack"><${Heading} title=${t("nav.reviews")} lead=${t("review.lead")}>
      ${may("POST /officer/year-reviews") && html`<${Act} words=${t("review.draw")} kind="primary" fields=${regionAndYear(thisYear() - 1)} act=${drawSample} onDone=${({ id }) => go(`/year-reviews/${id}`)}>
        <p>${t("review.draw.about", { region: who?.region.name })}</p><//>`}<//>
    <${Filters} query=${query} fields=${[{ name: "region", kind: "region", label: t("region") }]} />
    <${Listed} from=${from} empty=${html`<${Nothing} title=${t("review.none")} hint=${t("review.none.hint")} query=${query} />`}>
      ${(items) => html`<${Table} caption=${t("nav.reviews")} rows=${items} from=${from} columns=${columns()} link=${({ id }) => `#/year-reviews/${id}`} file="danzhu-year-reviews" />`}
    <//></div>`;
}
