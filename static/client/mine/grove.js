// A buyer's trees as a drawn hillside. It is a picture of how many, not of where: the trees are spread as evenly as they can be.
import { count } from "../../shared/format.js";
import { html, useMemo } from "../../shared/view.js";
import { t } from "../../shared/words.js";
import { DRAWN, shapes } from "../species.js";

/** More would be a green blot on a phone; the rest is told as a number. */
export const MOST_DRAWN = 60;
const WIDTH = 360;
const FAR = 118;
const NEAR = 204;

/** The n-th place along one side, of a sequence in which neighbours in the plane keep their distance (Roberts' R2). */
const ACROSS = 0.75487766624669;
const DEEP = 0.56984029099805;
const spread = (n, step) => (0.5 + n * step) % 1;

/** Few trees stand large, many small. */
const sizeOf = (trees) => Math.max(0.3, 1.05 / Math.sqrt(1 + trees / 5));

/** Where each tree stands, the far ones first: `{x, y, scale, species}`. */
function places(trees) {
  return Array.from({ length: Math.min(trees, MOST_DRAWN) }, (_, n) => {
    const depth = trees === 1 ? 0.5 : spread(n, DEEP);
    const scale = sizeOf(trees) * (0.65 + 0.5 * depth);
    return { x: 28 + spread(n, ACROSS) * (WIDTH - 56), y: FAR + depth * (NEAR - FAR), scale, species: DRAWN[(n * 3 + (n >> 2)) % DRAWN.length] };
  }).sort((one, other) => one.y - other.y);
}

export function Grove({ trees }) {
  const standing = useMemo(() => places(trees), [trees]);
  const species = [...new Set(standing.map((one) => one.species))];
  const more = trees - standing.length;
  return html`<div class="grove">
    <svg viewBox="0 0 360 220" role="img" aria-label=${t("forest.drawing", { count: count(trees) })}>
      <defs>${species.map((code) => html`<g key=${code} id=${`tree-${code}`}>${shapes(code)}</g>`)}</defs>
      <rect width="360" height="220" fill="#d8ecf0" />
      <circle cx="300" cy="38" r="17" fill="#fbd96b" />
      <path d="M0 104Q54 44 116 88Q176 30 236 82Q290 52 360 96V220H0z" fill="#b4d5c4" />
      <path d="M0 118Q90 78 190 108Q280 84 360 112V220H0z" fill="#9cc7ad" />
      <path d="M0 132Q120 100 220 122Q300 108 360 124V220H0z" fill="#c3dfb4" />
      ${standing.map(({ x, y, scale, species: code }, n) => html`<g key=${n} transform=${`translate(${(x - 60 * scale).toFixed(1)} ${(y - 106 * scale).toFixed(1)}) scale(${scale.toFixed(3)})`}>
        <ellipse cx="60" cy="107" rx="30" ry="5" fill="#8fb98a" /><use href=${`#tree-${code}`} /></g>`)}
    </svg>
    ${more > 0 && html`<p class="badge">${t("forest.more", { count: count(more) })}</p>`}
  </div>`;
}
