// Larger type, for who reads better with it: chosen in the buyer's client, and kept for every page on this phone.
import { keep, kept } from "./kept.js";

/** Whether it was asked for. */
export const caring = () => kept("care") === true;

/** Have it from now on, or no more. */
export function care(wanted) {
  keep("care", wanted || null);
  document.documentElement.classList.toggle("care", wanted);
}

care(caring());
