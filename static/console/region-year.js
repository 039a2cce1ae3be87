// What a verifier works on: a division and a year.
import { now } from "../shared/api.js";
import { addWords, t } from "../shared/words.js";
import { WORDS } from "../words/console-registry.js";

addWords(WORDS);

const CHINA_AHEAD_MS = 8 * 3_600_000;

/** The year it is in China. */
export const thisYear = () => new Date(now() + CHINA_AHEAD_MS).getUTCFullYear();

/** The fields of a form that asks for both. */
export const regionAndYear = (year) => [
  { name: "region", kind: "region", label: t("region") },
  { name: "year", kind: "number", label: t("verification.year"), min: 2000, max: 2100, value: String(year) },
];

/** Both as the API takes them; no division chosen is the officer's own. */
export const chosen = ({ region, year }, who) => ({ region: region || who.region.code, year: Number(year) });
