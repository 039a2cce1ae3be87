// Scans that could not be asked about: kept on this phone, newest first, and completed when somebody answers again.
import { keep, kept } from "../shared/kept.js";
import { ask } from "./judging.js";

const NAME = "scans";
const MOST = 50;

/** `[{serial, token, at, offline, verdict, checked}]`: the verdict without a network, then the server's and its day (null before). */
export const keptScans = () => kept(NAME, []);

const same = (left) => (right) => left.serial === right.serial && left.token === right.token;

/** Keep a scan to be completed; one of the same code takes its place. */
export function keepScan({ serial, token, offline }) {
  const scan = { serial, token, at: new Date().toISOString(), offline, verdict: null, checked: null };
  keep(NAME, [scan, ...keptScans().filter((other) => !same(scan)(other))].slice(0, MOST));
}

/** The server's last answer about a serial among the scans kept: `{verdict, checked}` or null. */
export const lastAnswer = (serial) => keptScans().find((scan) => scan.serial === serial && scan.verdict) ?? null;

/** Forget the scans that are complete. */
export const forgetCompleted = () => keep(NAME, keptScans().filter((scan) => !scan.verdict));

let completing = null;

/** Ask about every scan that still waits; gives those completed now. Stops at the first that nobody answers. */
export function completeScans() {
  completing ??= complete().finally(() => {
    completing = null;
  });
  return completing;
}

async function complete() {
  const completed = [];
  for (const scan of keptScans().filter((one) => !one.verdict)) {
    let verdict;
    try {
      ({ verdict } = await ask(scan));
    } catch {
      break;
    }
    const done = { ...scan, verdict, checked: new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Shanghai" }) };
    keep(NAME, keptScans().map((other) => (same(scan)(other) ? done : other)));
    completed.push(done);
  }
  return completed;
}
