// How far an incident has come.
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { Badge } from "./parts.js";

const KIND = { open: "bad", proposed: "warn", resolved: "good" };

export const IncidentState = ({ state }) => html`<${Badge} kind=${KIND[state]}>${t(`incident.${state}`)}<//>`;
