// The published poverty line of every year; an administrator sets it as it was published.
import { call } from "../../shared/api.js";
import { useAnswer } from "../../shared/calls.js";
import { Empty, Loaded } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { addWords, t } from "../../shared/words.js";
import { WORDS } from "../../words/console-control.js";
import { Act, Heading, may, Table } from "../parts.js";

addWords(WORDS);

const LINES = "/officer/poverty-lines";
const whole = (typed) => (typed === "" || typed === null ? null : Number(typed));
const yuanField = (name, value) => ({ name, kind: "number", label: t(`poverty.${name}`), hint: t("poverty.hint"), value: value ?? "", min: 100, max: 1_000_000, step: 1, optional: true });

function Set({ one, words, again }) {
  const set = async ({ year, national_yuan: national, province_yuan: province, source }) => {
    await call("PUT", `${LINES}/${one?.year ?? year}`, { body: { national_yuan: whole(national), province_yuan: whole(province), source } });
    again();
  };
  return html`<${Act} words=${words} title=${one ? t("poverty.of", { year: one.year }) : words} kind=${one ? "" : "primary"} act=${set} done=${t("poverty.done")} fields=${[
    ...(one ? [] : [{ name: "year", kind: "number", label: t("poverty.year"), min: 2000, max: 2100, step: 1 }]),
    yuanField("national_yuan", one?.national_yuan), yuanField("province_yuan", one?.province_yuan),
    { name: "source", kind: "long", label: t("poverty.source"), hint: t("poverty.source.hint"), value: one?.source ?? "", min: 4, max: 200 },
  ]} />`;
}

export default function PovertyLines() {
  const from = useAnswer(LINES);
  const mine = may(`PUT ${LINES}/{year}`);
  const columns = [
    { key: "year", name: t("poverty.year") }, { key: "national_yuan", name: t("poverty.national_yuan"), unit: t("yuan"), kind: "count" }, { key: "province_yuan", name: t("poverty.province_yuan"), unit: t("yuan"), kind: "count" },
    { key: "source", name: t("poverty.source"), kind: "wide" },
    { key: "changed_at", name: t("poverty.changed_at"), kind: "time" },
    ...(mine ? [{ key: "edit", name: t("poverty.edit"), value: () => "", show: (one) => html`<${Set} one=${one} words=${t("poverty.edit")} again=${from.again} />` }] : []),
  ];
  return html`<div class="stack"><${Heading} title=${t("poverty")} lead=${t("poverty.lead")}>${mine && html`<${Set} words=${t("poverty.add")} again=${from.again} />`}<//>
    <${Loaded} from=${from}>${({ items }) => (items.length ? html`<${Table} caption=${t("poverty")} rows=${items} columns=${columns} file="danzhu-poverty-lines" />` : html`<${Empty} title=${t("poverty.none")} hint=${t("poverty.none.hint")} />`)}<//></div>`;
}
