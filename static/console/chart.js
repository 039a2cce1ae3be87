// A bar chart of money over time: drawn at the size it is shown, so that its letters stay readable; the same as a table beside it.
import { html, useEffect, useRef, useState } from "../shared/view.js";
import { yuan } from "../shared/format.js";
import { t } from "../shared/words.js";
import { Table } from "./table.js";

const HEIGHT = 220;
const BELOW = 28;
const ABOVE = 26;
const WIDEST = 96;
const LETTER = 8; // width of a digit of 14 px

/** The next round number of fen from which an axis is easily read: 1, 2 or 5 with zeros. */
export function roundUp(fen) {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, fen))));
  return [1, 2, 5, 10].find((n) => n * power >= fen) * power;
}

/** `bars`: `[{label, name, value (fen), href}]`; `title` says what is drawn, `desc` what it comes to. */
export function Bars({ title, desc, label, bars, file }) {
  const frame = useRef();
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const watch = new ResizeObserver(([{ contentRect }]) => setWidth(Math.floor(contentRect.width)));
    watch.observe(frame.current);
    return () => watch.disconnect();
  }, []);
  const top = roundUp(Math.max(...bars.map(({ value }) => value), 100));
  const left = yuan(top).length * LETTER + 8;
  const slot = (width - left) / bars.length;
  const wide = Math.max(1, Math.min(slot * 0.68, WIDEST));
  const high = HEIGHT - BELOW - ABOVE;
  const every = Math.max(1, Math.ceil((Math.max(...bars.map((bar) => bar.label.length)) * LETTER * 1.5 + 6) / slot));
  const y = (value) => ABOVE + high - (Math.max(0, value) / top) * high;
  return html`<figure class="card chart stack tight">
    <figcaption><h2>${title}</h2></figcaption>
    <div ref=${frame} class="drawing">
      ${width > 0 && html`<svg width=${width} height=${HEIGHT} viewBox=${`0 0 ${width} ${HEIGHT}`} role="img" aria-labelledby="chart-title chart-desc">
        <title id="chart-title">${title}</title><desc id="chart-desc">${desc}</desc>
        ${[0, top / 2, top].map((value) => html`<line x1=${left} x2=${width} y1=${y(value)} y2=${y(value)} class="rule" /><text x=${left - 8} y=${y(value) + 5} text-anchor="end">${yuan(Math.round(value))}</text>`)}
        ${bars.map((bar, n) => html`<rect x=${left + (n + 0.5) * slot - wide / 2} width=${wide} y=${y(bar.value)} height=${Math.max(0, ABOVE + high - y(bar.value))} rx="3"><title>${bar.name}: ${yuan(bar.value)}</title></rect>
          ${n % every === 0 && html`<text x=${left + (n + 0.5) * slot} y=${HEIGHT - 8} text-anchor="middle">${bar.label}</text>`}`)}
      </svg>`}
    </div>
    <details class="no-print"><summary>${t("chart.table")}</summary>
      <${Table} caption=${title} file=${file} rows=${bars} columns=${[{ key: "name", name: label }, { key: "value", name: t("earned"), unit: t("yuan"), kind: "money" }]} />
    </details>
  </figure>`;
}
