// Looking again for a while at what has not come to its end yet.

/** Pauses before each look, in seconds. */
const PAUSES = [1, 2, 3, 5, 8];

const pause = (seconds, signal) => new Promise((go, stop) => {
  const timer = setTimeout(go, seconds * 1000);
  signal?.addEventListener("abort", () => { clearTimeout(timer); stop(signal.reason); });
});

/** What `look()` finds once it is `settled`, or last; `found` is what is known already. */
export async function lookUntil(settled, look, { found, signal } = {}) {
  for (const seconds of PAUSES) {
    if (found !== undefined && settled(found)) return found;
    await pause(seconds, signal);
    found = await look();
  }
  return found;
}
