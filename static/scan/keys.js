// The public keys that certificates are signed with, pinned on this phone: what was once fetched is good without a network.
import { keep, kept } from "../shared/kept.js";

const ADDRESS = "/.well-known/danzhu-keys.json";
const NAME = "keys";
let held = kept(NAME);

/** The keys by their ids, or null where none was ever fetched. */
export const pinnedKeys = () => held && Object.fromEntries(held.map((key) => [key.kid, key]));

/** Fetch the keys anew and keep them; without a network those kept stay. */
export async function refreshKeys() {
  try {
    const answer = await fetch(ADDRESS);
    if (!answer.ok) return;
    const { keys } = await answer.json();
    if (!Array.isArray(keys) || !keys.length) return;
    held = keys.map(({ kid, x, not_before, not_after }) => ({ kid, x, not_before, not_after }));
    keep(NAME, held);
  } catch {
    // Nobody answered; the next visit tries again.
  }
}
