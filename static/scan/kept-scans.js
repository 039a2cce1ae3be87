// The list of scans made without a network, and what became of them.
import { time } from "../shared/format.js";
import { Button, say } from "../shared/parts.js";
import { html, useCallback, useEffect, useState } from "../shared/view.js";
import { t } from "../shared/words.js";
import { completeScans, forgetCompleted, keptScans } from "./outbox.js";

/** A browser does not always notice that its network is back. */
const AGAIN_MS = 30_000;
const GOOD = new Set(["valid"]);
const BAD = new Set(["forged", "revoked", "unknown"]);

/** The scans kept, and `complete()`, which asks about those that wait; it also runs when the network comes back. */
export function useKeptScans() {
  const [scans, setScans] = useState(keptScans);
  const complete = useCallback(async () => {
    setScans(keptScans());
    const completed = await completeScans();
    if (completed.length) say(t("kept.completed", { count: completed.length }));
    setScans(keptScans());
  }, []);
  useEffect(() => {
    const seen = () => !document.hidden && complete();
    complete();
    addEventListener("online", complete);
    document.addEventListener("visibilitychange", seen);
    const timer = setInterval(() => keptScans().some((scan) => !scan.verdict) && seen(), AGAIN_MS);
    return () => {
      clearInterval(timer);
      removeEventListener("online", complete);
      document.removeEventListener("visibilitychange", seen);
    };
  }, []);
  return [scans, complete];
}

function Outcome({ scan }) {
  const kind = GOOD.has(scan.verdict) ? "good" : BAD.has(scan.verdict) ? "bad" : "warn";
  return scan.verdict ? html`<span class=${`badge ${kind}`}>${t(`verdict.${scan.verdict}`)}</span>` : html`<span class="badge">${t("kept.waits")}</span>`;
}

const Scan = ({ scan }) => html`
  <span class="grow"><span class="number">${scan.serial}</span><br /><span class="small soft">${time(scan.at)}</span></span>
  <${Outcome} scan=${scan} />`;

export function Kept({ scans, complete }) {
  if (!scans.length) return null;
  const forget = () => {
    forgetCompleted();
    complete();
  };
  return html`<section class="stack tight kept">
    <h2>${t("kept")}</h2>
    <p class="small soft">${t("kept.hint")}</p>
    <ul class="list">${scans.map((scan) => html`<li key=${scan.serial + scan.token}>
      ${scan.verdict
        ? html`<a href=${`/c/${scan.serial}${scan.token ? `?${new URLSearchParams({ t: scan.token })}` : ""}`}><${Scan} scan=${scan} /></a>`
        : html`<p class="row"><${Scan} scan=${scan} /></p>`}
    </li>`)}</ul>
    <div class="row">
      ${scans.some((scan) => !scan.verdict) && html`<${Button} onClick=${complete}>${t("kept.complete")}<//>`}
      ${scans.some((scan) => scan.verdict) && html`<${Button} kind="quiet" onClick=${forget}>${t("kept.forget")}<//>`}
    </div>
  </section>`;
}
