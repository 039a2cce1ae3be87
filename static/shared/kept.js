// What a browser keeps for a client. Storage may be missing or full (private windows, old web views): then nothing is kept.
const PREFIX = "danzhu.";

/** The value kept under a name, or `otherwise` where there is none. */
export function kept(name, otherwise = null) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Keep a value under a name; null forgets it. */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // Whoever keeps nothing signs in again next time.
  }
}
