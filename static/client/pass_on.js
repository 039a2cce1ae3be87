// Passing something on: by the phone's own sheet, or copied where there is none.
import { say } from "../shared/parts.js";
import { t } from "../shared/words.js";

/** Copy a text, and say so; where a browser does not let us, say how to do it by hand. */
export const copy = (text) => navigator.clipboard.writeText(text).then(() => say(t("copied")), () => say(t("copy.by_hand")));

/** Pass on `text`, with its `url` where it has one. */
export async function passOn({ text, url }) {
  if (!navigator.share) return copy(url ? `${text} ${url}` : text);
  try {
    return await navigator.share(url ? { text, url } : { text });
  } catch (error) {
    // Somebody who closes the browser's own sheet has not failed.
    return error.name === "AbortError" ? undefined : copy(url ? `${text} ${url}` : text);
  }
}
