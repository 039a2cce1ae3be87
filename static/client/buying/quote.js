// The price of a selection, kept up with what is typed.
import { call } from "../../shared/api.js";
import { useEffect, useState } from "../../shared/view.js";

/** Until a person pauses typing. */
const PAUSE_MS = 400;

/** `{quote, error, loading, again}` of a selection; one that is null has none. The last quote stays while the next is asked for. */
export function useQuote(selection) {
  const [state, setState] = useState({ quote: null, error: null, loading: false });
  const [round, setRound] = useState(0);
  const asked = JSON.stringify(selection);
  useEffect(() => {
    if (!selection) {
      setState({ quote: null, error: null, loading: false });
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
  }, [asked, round]);
  return { ...state, again: () => setRound((n) => n + 1) };
}
