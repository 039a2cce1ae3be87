// The time an order still holds its trees.
import { now } from "../shared/api.js";
import { html, useEffect, useState } from "../shared/view.js";
import { t } from "../shared/words.js";

/** Whole seconds until an instant, by the server's clock; 0 once it is past. */
export function useSecondsUntil(instant) {
  const left = () => Math.max(0, Math.ceil((Date.parse(instant) - now()) / 1000));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    const timer = setInterval(() => setSeconds(left()), 1000);
    return () => clearInterval(timer);
  }, [instant]);
  return seconds;
}

/** "还有 12:34"; screen readers are told the minutes only where they stand, not every second. */
export const Countdown = ({ seconds }) => html`<span class="number" role="timer">${seconds > 0
  ? t("countdown", { time: `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` }) : t("countdown.over")}</span>`;
