// The price of a selection, kept up with what is typed.
import { call, Refused } from "../../shared/api.js";
import { useEffect, useState } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { estimated } from "./selection.js";

/** Until a person pauses typing. */
const PAUSE_MS = 400;

/**
 * `{quote, error, loading, again}` of a selection. Who is not signed in is given the programme's price; a selection that
 * is null has no quote. The last quote stays while the next is asked for.
 */
export function useQuote(selection, signedIn, programme) {
  const [state, setState] = useState({ quote: null, error: null, loading: false });
  const [round, setRound] = useState(0);
  const asked = JSON.stringify(selection);
  useEffect(() => {
    if (!selection || !programme) {
      setState({ quote: null, error: null, loading: false });
      return undefined;
    }
    if (!signedIn) {
      const quote = estimated(selection, programme);
      const error = quote.count ? null : new Refused(422, { code: "budget_too_small", message: t("quote.too_small") });
      setState({ quote: error ? null : quote, error, loading: false });
      return undefined;
    }
    const stop = new AbortController();
    setState((before) => ({ ...before, error: null, loading: true }));
    const timer = setTimeout(() => call("POST", "/quotes", { body: selection, signal: stop.signal }).then(
      (quote) => !stop.signal.aborted && setState({ quote, error: null, loading: false }),
      (error) => !stop.signal.aborted && setState({ quote: null, error, loading: false }),
    ), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [asked, signedIn, programme?.price_fen, round]);
  return { ...state, again: () => setRound((n) => n + 1) };
}
