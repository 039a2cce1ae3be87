// Facts of audit entries, incidents and differences in words: amounts as yuan, instants as people read them, what changed as before and after.
import { day, time, yuan } from "../shared/format.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Division } from "./division.js";

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const isGroup = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** Words, or null where the catalogue has none and `t` gave the key back. */
const known = (words) => (/^[a-z]+\.\S+$/.test(words) ? null : words);

/** What a fact is called; one that has no words of its own is called by its name. */
const nameOf = (name) => known(t(`fact.${name}`)) ?? name.replaceAll("_", " ");

const role = (value) => t(`role.${value}`);
const outcome = (value) => t(`fact.${value}`);
/** Facts whose values are one of a few words. */
const CHOSEN = {
  role, roles: role, before: role, after: role, state: outcome, said: outcome,
  channel: (value) => t(`channel.${value}`), origin: (value) => t(`origin.${value}`),
  kind: (value) => [t(`bill.${value}`), t(`import.kind.${value}`), t(`proposal.kind.${value}`), t(`consent.${value}`), t(`change.${value}`)].find(known) ?? "",
};
/** How an entry names what it is about, and a fact somebody. */
const NAMED = /^[a-z_]+:\S+$/;

/**
 * What an entry, an incident or a fact names, in words: `payout:3` is payout 3, `worker` the background work. `names` says what the
 * server calls it; what nobody has words for stands as it is.
 */
export function thing(raw, names = {}) {
  const [kind, ...rest] = raw.split(":");
  const words = known(t(`subject.${kind}`));
  return words === null ? (names[raw] ?? raw) : [words, names[raw] ?? rest.join(":")].filter(Boolean).join(" ");
}

/** A fact's value in words. */
function said(name, value, names) {
  if (value === null || value === undefined || value === "") return "—";
  if (typeof value === "boolean") return t(value ? "yes" : "no");
  if (Array.isArray(value)) return value.length ? value.map((one) => said(name, one, names)).join(t("and")) : "—";
  if (isGroup(value)) return Object.entries(value).map(([key, inner]) => `${nameOf(key)} ${said(key, inner, names)}`).join(t("and"));
  if (name.endsWith("_fen") && Number.isInteger(value)) return `${yuan(value)} ${t("yuan")}`;
  if (INSTANT.test(value)) return time(value);
  if (DAY.test(value)) return day(value);
  return (CHOSEN[name] && known(CHOSEN[name](value))) || (NAMED.test(value) || value in names ? thing(value, names) : String(value));
}

/** `[name, before, after]` of what differs between two groups, or of the two values. */
function changes(before, after, names) {
  if (!isGroup(before) && !isGroup(after)) return [[t("fact.changed"), said("before", before, names), said("after", after, names)]];
  const [old, fresh] = [before ?? {}, after ?? {}];
  return [...new Set([...Object.keys(old), ...Object.keys(fresh)])]
    .map((key) => [nameOf(key), said(key, old[key], names), said(key, fresh[key], names)])
    .filter(([, was, is]) => was !== is);
}

/** `[name, value]` and `[name, before, after]`: what is to be read of facts, in their order; `names` as for `thing`. */
export function told(facts, names = {}) {
  const { before, after, region_before: from, region_after: to, ...rest } = facts;
  return [
    ...("before" in facts || "after" in facts ? changes(before, after, names) : []),
    ...(from !== to ? [[t("region"), said("region", from, names), said("region", to, names)]] : []),
    ...Object.entries(rest).map(([name, value]) => [nameOf(name), said(name, value, names)]),
  ];
}

/** The same as one line, for a file. */
export const toldLine = (facts, names) => told(facts, names).map(([name, was, is]) => `${name}: ${is === undefined ? was : `${was} → ${is}`}`).join("; ");

/** A division's code stands for its name. */
const DIVISION = /^52(\d{2}|\d{4}|\d{7}|\d{10})$/;
const named = (name, value) => ([t("region"), t("fact.region")].includes(name) && DIVISION.test(value) ? html`<${Division} code=${value} />` : value);

export const Told = ({ facts, names }) => html`<ul class="told">${told(facts, names).map(([name, was, is]) => html`<li><span class="soft">${name}</span> ${is === undefined ? named(name, was) : html`<s>${named(name, was)}</s> <span aria-hidden="true">→</span> <strong>${named(name, is)}</strong>`}</li>`)}</ul>`;
