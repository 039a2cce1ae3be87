// Why a selection cannot be bought, and what the person can do about it.
import { Button, Failure } from "../../shared/parts.js";
import { html } from "../../shared/view.js";
import { t } from "../../shared/words.js";

/** `narrowed` says that a place or species was asked for; `takeOut(codes)` leaves trees out, `change` changes the wish, `again` asks anew. */
export function Obstacle({ error, trees, narrowed, takeOut, change, again }) {
  if (!error) return null;
  const taken = error.code === "tree_unavailable" || error.code === "tree_unknown" ? (error.fields.trees ?? []) : [];
  if (taken.length) {
    const left = trees.length - taken.length;
    return html`<div class="notice bad stack tight" role="alert">
      <p>${error.message}</p>
      <p class="small">${t("obstacle.taken", { codes: taken.join(", ") })}</p>
      ${left > 0
        ? html`<p><${Button} onClick=${() => takeOut(taken)}>${t("obstacle.take_out", { count: taken.length, left })}<//></p>`
        : html`<p><a class="button" href="#/trees" onClick=${() => takeOut(taken)}>${t("obstacle.choose_others")}</a></p>`}
    </div>`;
  }
  const left = error.code === "not_enough_trees" ? error.fields.available : null;
  if (left !== null) {
    return html`<div class="notice bad stack tight" role="alert">
      <p>${error.message}</p>
      <p class="row">
        ${left > 0 && html`<${Button} onClick=${() => change({ way: "count", count: String(left) })}>${t("obstacle.take_left", { count: left })}<//>`}
        ${narrowed && html`<${Button} onClick=${() => change({ region: "", species: "" })}>${t("obstacle.everywhere")}<//>`}
      </p>
    </div>`;
  }
  return html`<${Failure} error=${error} again=${error.status === 0 || error.status >= 500 ? again : null} />`;
}
