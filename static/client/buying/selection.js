// What a person wants to buy, from what was typed to what the API is asked.

/** The ways to say how much; `trees` names them. */
export const WAYS = ["count", "budget", "carbon"];

/** Digits as people type them, full width and with separators: a number text with a point, or "". */
const plain = (typed) => typed.normalize("NFKC").replace(/[\s,，]/g, "");

/** "12.50" with so many places after the point -> 1250; null for what is no such number. */
function scaled(typed, places) {
  const found = new RegExp(`^(\\d{1,9})(?:\\.(\\d{0,${places}}))?$`).exec(plain(typed));
  return found ? Number(found[1]) * 10 ** places + Number((found[2] ?? "").padEnd(places, "0")) : null;
}

/** The part of a body that says how much, or null while it cannot be meant. `wish` is what the form holds. */
export function selected(wish) {
  if (wish.trees.length) return { trees: wish.trees };
  const [field, places, typed] = { count: ["count", 0, wish.count], budget: ["budget_fen", 2, wish.budget], carbon: ["sink_g", 3, wish.carbon] }[wish.way];
  const amount = scaled(typed, places);
  if (!amount) return null;
  return { [field]: amount, ...(wish.region && { region: wish.region }), ...(wish.species && { species: wish.species }) };
}
