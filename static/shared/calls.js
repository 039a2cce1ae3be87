// Answers of the API as the state of a screen.
import { address, call, CHANGED, SIGNED_IN } from "./api.js";
import { hasReturned } from "./router.js";
import { useCallback, useEffect, useRef, useState } from "./view.js";

/** Once somebody is signed in, do what makes good that it was refused because nobody was. */
function useWhenSignedIn(error, act) {
  const refused = error?.code === "signed_out";
  useEffect(() => {
    if (!refused) return undefined;
    addEventListener(SIGNED_IN, act);
    return () => removeEventListener(SIGNED_IN, act);
  }, [refused, act]);
}

/** The answer of a GET: `{answer, error, loading, again}`. It is asked anew when the path changes; null asks nothing. */
export function useAnswer(path) {
  const [state, setState] = useState({ answer: null, error: null, loading: path !== null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (path === null) return undefined;
    const stop = new AbortController();
    setState((before) => ({ ...before, error: null, loading: true }));
    call("GET", path, { signal: stop.signal }).then(
      (answer) => !stop.signal.aborted && setState({ answer, error: null, loading: false }),
      (error) => !stop.signal.aborted && setState((before) => ({ ...before, error, loading: false })),
    );
    return () => stop.abort();
  }, [path, round]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  useWhenSignedIn(state.error, again);
  return { ...state, again };
}

/** Lists as they were left, by their address, for who comes back to them. */
const left = new Map();
addEventListener(CHANGED, () => left.clear());

/** The most rows the API gives at once. */
const LARGEST_PAGE = 100;

/**
 * A list page by page: `{items, error, loading, more, loadMore, again, all}`; `more` says whether there is another page.
 * Who comes back to it finds it as it was left, unless something was changed meanwhile.
 * `all(soFar)` gives every row, those of the pages to come too, which it fetches without showing them; `soFar(rows)` is called after each page.
 */
export function useList(path, parameters = {}) {
  const first = address(path, { limit: 30, ...parameters });
  const [state, setState] = useState(() => (hasReturned() && left.get(first)) || { of: null, items: [], cursor: null, error: null, loading: true });
  const found = useRef(state.of === first);
  const stop = useRef(null);
  const ask = useCallback((cursor, before) => {
    stop.current?.abort();
    const mine = new AbortController();
    stop.current = mine;
    setState((old) => ({ ...old, of: first, items: before, error: null, loading: true }));
    call("GET", address(path, { limit: 30, ...parameters, cursor }), { signal: mine.signal }).then(
      ({ items, next_cursor: next }) =>
        !mine.signal.aborted && setState({ of: first, items: [...before, ...items], cursor: next, error: null, loading: false }),
      (error) => !mine.signal.aborted && setState((old) => ({ ...old, error, loading: false })),
    );
  }, [first]);
  useEffect(() => {
    if (!found.current) ask(null, []);
    found.current = false;
    return () => stop.current?.abort();
  }, [ask]);
  useEffect(() => { if (state.of === first && !state.loading && !state.error) left.set(first, state); }, [state, first]);
  const again = useCallback(() => ask(null, []), [ask]);
  useWhenSignedIn(state.error, again);
  const all = async (soFar) => {
    let { items, cursor } = state;
    while (cursor !== null) {
      const page = await call("GET", address(path, { ...parameters, limit: LARGEST_PAGE, cursor }));
      items = [...items, ...page.items];
      cursor = page.next_cursor;
      soFar(items.length);
    }
    return items;
  };
  return {
    items: state.items, error: state.error, loading: state.loading, more: state.cursor !== null,
    loadMore: () => ask(state.cursor, state.items),
    again, all,
  };
}

/** An act of the person: `[busy, error, act]`; while it is busy it is not begun again. `act()` gives the answer or undefined. */
export function useAct(work) {
  const [state, setState] = useState({ busy: false, error: null });
  const busy = useRef(false);
  const forget = useCallback(() => setState((before) => ({ ...before, error: null })), []);
  useWhenSignedIn(state.error, forget);
  const act = async (...given) => {
    if (busy.current) return undefined;
    busy.current = true;
    setState({ busy: true, error: null });
    try {
      const answer = await work(...given);
      setState({ busy: false, error: null });
      return answer;
    } catch (error) {
      setState({ busy: false, error });
      return undefined;
    } finally {
      busy.current = false;
    }
  };
  return [state.busy, state.error, act];
}
