// Facts of audit entries, incidents and differences in words: amounts as yuan, instants as people read them, what changed as before and after.
import { time, yuan } from "../shared/format.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Division } from "./division.js";

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const isGroup = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** What a fact is called; one that has no words of its own is called by its name. */
function nameOf(name) {
  const words = t(`fact.${name}`);
  return words === `fact.${name}` ? name.replaceAll("_", " ") : words;
}

/** A fact's value in words. */
function said(name, value) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (Array.isArray(value)) return value.length ? value.map((one) => said(name, one)).join(t("and")) : "—";
  if (isGroup(value)) return Object.entries(value).map(([key, inner]) => `${nameOf(key)} ${said(key, inner)}`).join(t("and"));
  if (name.endsWith("_fen") && Number.isInteger(value)) return `${yuan(value)} ${t("yuan")}`;
  if (["role", "roles", "before", "after"].includes(name) && t(`role.${value}`) !== `role.${value}`) return t(`role.${value}`);
  return INSTANT.test(value) ? time(value) : String(value);
}

/** `[name, before, after]` of what differs between two groups, or of the two values. */
function changes(before, after) {
  if (!isGroup(before) && !isGroup(after)) return [[t("fact.changed"), said("before", before), said("after", after)]];
  const [old, fresh] = [before ?? {}, after ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .map((key) => [nameOf(key), said(key, old[key]), said(key, fresh[key])])
    .filter(([, was, is]) => was !== is);
}

/** `[name, value]` and `[name, before, after]`: what is to be read of facts, in their order. */
export function told(facts) {
  const { before, after, region_before: from, region_after: to, ...rest } = facts;
  return [
    ...("before" in facts || "after" in facts ? changes(before, after) : []),
    ...(from !== to ? [[t("region"), said("region", from), said("region", to)]] : []),
    ...Object.entries(rest).map(([name, value]) => [nameOf(name), said(name, value)]),
  ];
}

/** The same as one line, for a file. */
export const toldLine = (facts) => told(facts).map(([name, was, is]) => `${name}: ${is === undefined ? was : `${was} → ${is}`}`).join("; ");

/** A division's code stands for its name. */
const DIVISION = /^52(\d{2}|\d{4}|\d{7}|\d{10})$/;
const named = (name, value) => ([t("region"), t("fact.region")].includes(name) && DIVISION.test(value) ? html`<${Division} code=${value} />` : value);

export const Told = ({ facts }) => html`<ul class="told">${told(facts).map(([name, was, is]) => html`<li><span class="soft">${name}</span> ${is === undefined ? named(name, was) : html`<s>${named(name, was)}</s> <span aria-hidden="true">→</span> <strong>${named(name, is)}</strong>`}</li>`)}</ul>`;
