// A drawing for each species of the programme, for trees that have no photo: simple shapes, told apart by their outline.
import { html } from "../shared/view.js";

const GROUND = html`<ellipse cx="60" cy="107" rx="44" ry="6" fill="#b9d6c5" />`;

/** A trunk that stands at y 106 and narrows to its top. */
const trunk = (width, top, colour, x = 60) =>
  html`<path d=${`M${x - width / 2} 106L${x - width / 4} ${top}h${width / 2}L${x + width / 2} 106z`} fill=${colour} />`;

/** Leaves or needles in rounded tufts: [x, y, rx, ry] each. */
const tufts = (colour, ...places) =>
  places.map(([x, y, rx, ry = rx]) => html`<ellipse cx=${x} cy=${y} rx=${rx} ry=${ry} fill=${colour} />`);

/** A tier of a conifer: its tip at (60, top), its lower edge hanging in points between -half and +half. */
function tier(top, bottom, half, points, colour) {
  const step = (2 * half) / points;
  const edge = Array.from({ length: points }, (_, n) => `L${60 + half - step * (n + 0.5)} ${bottom - 5}L${60 + half - step * (n + 1)} ${bottom}`);
  return html`<path d=${`M60 ${top}L${60 + half} ${bottom}${edge.join("")}z`} fill=${colour} />`;
}

/** Branches as strokes, from the trunk outwards. */
const branches = (colour, width, ...lines) =>
  html`<path d=${lines.join("")} fill="none" stroke=${colour} stroke-width=${width} stroke-linecap="round" />`;

const DRAWINGS = {
  // Chinese fir: a slim cone of sharp, hanging tiers.
  SM: () => html`${trunk(8, 60, "#7a5a43")}
    ${tier(58, 96, 27, 6, "#1f6b45")}${tier(42, 78, 23, 5, "#2a7d52")}${tier(27, 59, 18, 4, "#35905f")}${tier(10, 40, 12, 3, "#43a26d")}`,
  // Masson pine: a long reddish trunk, flat clouds of needles at its top.
  MWS: () => html`${trunk(8, 26, "#a5643c")}${branches("#a5643c", 3, "M60 62L37 50", "M60 54L84 42", "M60 42L44 30")}
    ${tufts("#2f7d4d", [36, 50, 20, 8], [85, 42, 20, 8])}${tufts("#3c9159", [44, 30, 19, 8], [76, 27, 17, 7])}${tufts("#52a76d", [60, 16, 20, 9])}`,
  // Weeping cypress: a dense spire with drooping sprays.
  BM: () => html`${trunk(8, 80, "#6d5546")}<path d="M60 6C47 28 37 62 37 96c7 4 39 4 46 0C83 62 73 28 60 6z" fill="#3a7f63" />
    ${branches("#5ba283", 3, "M60 22c-4 12-9 18-13 24", "M60 22c4 12 9 18 13 24", "M60 42c-5 16-11 24-16 32", "M60 42c5 16 11 24 16 32", "M60 64c-3 12-8 20-12 27", "M60 64c3 12 8 20 12 27")}`,
  // Yunnan pine: a stout trunk, round heads of long needles, wider than high.
  YNS: () => html`${trunk(11, 44, "#8f5a3a")}${branches("#8f5a3a", 4, "M60 70L32 52", "M60 66L90 50")}
    ${tufts("#3f8a3f", [31, 46, 20, 15], [90, 44, 20, 15])}${tufts("#54a04c", [46, 28, 18, 14], [76, 27, 18, 14])}${tufts("#6db35d", [60, 40, 17, 13])}${tufts("#8d5b33", [44, 56, 3, 5], [78, 60, 3, 5])}`,
  // Armand pine: whorls of level branches with air between them, hanging cones.
  HSS: () => html`${trunk(8, 12, "#7b6a5b")}${branches("#2e7f68", 7, "M30 84Q60 70 90 84", "M35 64Q60 52 85 64", "M41 46Q60 36 79 46", "M47 29Q60 21 73 29")}
    ${branches("#49a088", 5, "M54 15L60 8L66 15", "M32 80Q60 66 88 80", "M43 43Q60 33 77 43")}${tufts("#a9743f", [38, 91, 4, 7], [82, 91, 4, 7], [78, 71, 3.5, 6])}`,
  // Japanese cedar: one closed, egg-shaped crown above a bare foot.
  LS: () => html`${trunk(9, 70, "#8a4f39")}<path d="M60 8C44 20 32 48 32 70c0 14 12 22 28 22s28-8 28-22C88 48 76 20 60 8z" fill="#2d7248" />
    ${tufts("#3f8d5a", [48, 70, 12, 9], [72, 64, 12, 9], [58, 48, 11, 8])}${tufts("#58a671", [66, 33, 8, 6], [45, 54, 7, 5], [62, 78, 9, 6])}`,
  // Soft broadleaf (poplar and the like): a pale trunk, a light and lifted crown.
  RK: () => html`${trunk(7, 46, "#a79b86")}${branches("#a79b86", 3, "M60 72L46 56", "M60 66L74 52")}
    ${tufts("#69ad46", [43, 47, 17], [77, 45, 17])}${tufts("#83c15a", [50, 28, 16], [70, 26, 16])}${tufts("#a3d478", [60, 42, 16], [58, 19, 10])}`,
  // Hard broadleaf (oak and the like): a heavy trunk, a broad dark crown.
  YK: () => html`${trunk(15, 56, "#64503f")}${branches("#64503f", 6, "M60 76L36 58", "M60 72L86 56")}
    ${tufts("#3d6b2c", [30, 54, 19], [91, 52, 19], [60, 56, 22, 17])}${tufts("#4f8238", [42, 35, 19], [78, 34, 19])}${tufts("#689b4c", [60, 26, 19, 15], [49, 45, 10, 8], [80, 43, 9, 7])}`,
};

/** The codes that have a drawing of their own. */
export const DRAWN = Object.keys(DRAWINGS);

/** The shapes of a species alone, in a square of 120 whose trunk stands at (60, 106). */
export const shapes = (species) => (DRAWINGS[species] ?? DRAWINGS.RK)();

/** The drawing of a species by its code; one that is new to this client is drawn as a broadleaf. It says nothing to screen readers: the name stands beside it. */
export const Drawing = ({ species }) => html`
  <svg viewBox="0 0 120 120" aria-hidden="true" focusable="false">${GROUND}${shapes(species)}</svg>`;
