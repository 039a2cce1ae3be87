// The one catalogue of messages. A client adds its own words; each entry is [Chinese, English].
import { keep, kept } from "./kept.js";
import { WORDS } from "../words/shared.js";

const catalogue = { ...WORDS };

/** "zh" or "en": what the person chose, else what the page was sent in. */
export let language = kept("language") ?? (document.documentElement.lang.startsWith("en") ? "en" : "zh");
document.documentElement.lang = language === "en" ? "en" : "zh-CN";

/** Bring a client's words into the catalogue. */
export function addWords(words) {
  Object.assign(catalogue, words);
}

/** Speak another language from now on; the page is read anew. */
export function speak(chosen) {
  keep("language", chosen);
  location.reload();
}

/**
 * The words of a key, `{name}` filled in from `values` and `{name|tree|trees}` chosen by whether the value is one; a key nobody has
 * written shows itself.
 */
export function t(key, values = {}) {
  const entry = catalogue[key];
  if (!entry) return key;
  return entry[language === "en" ? 1 : 0].replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name, one, many) => {
    if (!(name in values)) return whole;
    const value = String(values[name]);
    if (one === undefined) return value;
    return value === "1" ? one : many;
  });
}
