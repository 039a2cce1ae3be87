// How far a verification has come, in a word.
import { html } from "../shared/view.js";
import { addWords, t } from "../shared/words.js";
import { WORDS } from "../words/console-registry.js";
import { Badge } from "./parts.js";

addWords(WORDS);

const COLOUR = { draft: "warn", approved: "good" };

export const VerificationState = ({ state }) => html`<${Badge} kind=${COLOUR[state] ?? ""}>${t(`verification.${state}`)}<//>`;
