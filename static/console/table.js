// Tables: columns by description, sorted where the server sorts, always with a way to take them along.
import { useAct } from "../shared/calls.js";
import { DownloadButton, save } from "../shared/files.js";
import { count, day, kilograms, time, yuan } from "../shared/format.js";
import { Button, Failure } from "../shared/parts.js";
import { html, useState } from "../shared/view.js";
import { t } from "../shared/words.js";
import { csv } from "./csv.js";

const CLASS = { money: "money", count: "count", kilograms: "count", time: "when", day: "when", wide: "wide" };
/** For a file: plain numbers, in yuan and kilograms, so that a spreadsheet adds them up. */
const WRITTEN = {
  money: (fen) => `${fen < 0 ? "-" : ""}${Math.trunc(Math.abs(fen) / 100)}.${String(Math.abs(fen) % 100).padStart(2, "0")}`,
  kilograms: (grams) => `${Math.trunc(grams / 1000)}.${String(grams % 1000).padStart(3, "0")}`,
  time, day: (value) => value.slice(0, 10),
};
/** A household's number and a tree's tag may break behind the village's code, and nowhere else. */
const VILLAGE_DIGITS = 12;
export const parted = (value) => html`<span class="parted"><span class="nowrap">${value.slice(0, VILLAGE_DIGITS)}</span><wbr /><span class="nowrap">${value.slice(VILLAGE_DIGITS)}</span></span>`;
const nothing = (value) => value === null || value === undefined || value === "";

const SHOWN = { money: yuan, count, kilograms, time, day, number: parted };

/** What a column says of a row: `value(row)` or the row's own field of its key. */
const valueOf = (column, row) => (column.value ? column.value(row) : row[column.key]);

/** The text of a value by its kind; a dash where there is none. */
export const shown = (kind, value) => (nothing(value) ? "—" : (SHOWN[kind]?.(value) ?? value));

/** The rows as a CSV file's text, as they stand in the table. */
export const tableText = (columns, rows) =>
  csv([
    columns.map(({ name, unit }) => (unit ? `${name} (${unit})` : name)),
    ...rows.map((row) => columns.map((column) => {
      const value = valueOf(column, row);
      return nothing(value) ? "" : (WRITTEN[column.kind]?.(value) ?? value);
    })),
  ]);

function Head({ column, sort, onSort }) {
  const side = CLASS[column.kind];
  const words = html`${column.name}${column.unit && html` <span class="unit">${column.unit}</span>`}`;
  if (!column.sort || !onSort) return html`<th scope="col" class=${side}>${words}</th>`;
  const down = sort === `-${column.sort}`;
  const up = sort === column.sort;
  return html`<th scope="col" class=${side} aria-sort=${up ? "ascending" : down ? "descending" : null}>
    <button type="button" onClick=${() => onSort(down ? column.sort : `-${column.sort}`)}>${words}<span aria-hidden="true">${up ? " ▲" : down ? " ▼" : " ⇅"}</span></button>
  </th>`;
}

function Cell({ column, row, head, href }) {
  const value = valueOf(column, row);
  const content = column.show ? column.show(row) : shown(column.kind, value);
  const inside = href ? html`<a href=${href}>${content}</a>` : content;
  return head ? html`<th scope="row" class=${CLASS[column.kind]}>${inside}</th>` : html`<td class=${CLASS[column.kind]}>${inside}</td>`;
}

/** Saves a table as a CSV file; of a list with more pages (`from`) all of them, which takes its time and is counted on the button. */
function TakeAlong({ columns, rows, from, file }) {
  const [read, setRead] = useState(0);
  const [busy, error, take] = useAct(async () => {
    setRead(rows.length);
    const all = from ? await from.all(setRead) : rows;
    save(new Blob([tableText(columns, all)], { type: "text/csv" }), `${file}.csv`);
  });
  return html`<${Button} busy=${busy} onClick=${() => take()}>${busy ? t("table.reading", { count: count(read) }) : t("table.export", { format: "CSV" })}<//>
    <${Failure} error=${error} />`;
}

/** A file the server makes of a table, for its `exports`. */
export const exported = (format, path) => [t("table.export", { format }), path];

/**
 * A table. `columns`: `[{key, name, unit, kind, sort, value(row), show(row)}]`, kinds money (fen), count, kilograms (grams), time, day, number (of a household or a tree), wide (long words), text.
 * `link(row)`: where a row leads. `total`: a row below. `sort`, `onSort`: the order the server gave ("-earned") and asking for another.
 * `exports`: `[[words, path]]` of files the server makes; where there is none, `file` names a CSV of the rows. `from`: the list (useList) whose
 * pages the rows are, so that the file holds those that are not shown yet too.
 */
export function Table({ caption, columns, rows, from, link, total, sort, onSort, exports, file, children }) {
  return html`<div class="stack tight">
    <div class="row apart above-table">
      <h2>${caption}</h2>
      <div class="row no-print">${children}
        ${exports?.map(([words, path]) => html`<${DownloadButton} path=${path}>${words}<//>`)}
        ${file && rows.length > 0 && html`<${TakeAlong} columns=${columns} rows=${rows} from=${from} file=${file} />`}
      </div>
    </div>
    <div class="table-frame" tabindex="0" role="region" aria-label=${caption}>
      <table class="table">
        <thead><tr>${columns.map((column) => html`<${Head} column=${column} sort=${sort} onSort=${onSort} />`)}</tr></thead>
        <tbody>${rows.map((row) => html`<tr class=${link?.(row) ? "leads" : null}>${columns.map((column, n) => html`<${Cell} column=${column} row=${row} head=${n === 0} href=${n === 0 && link?.(row)} />`)}</tr>`)}</tbody>
        ${total && html`<tfoot><tr>${columns.map((column, n) => html`<${Cell} column=${{ ...column, show: column.showTotal }} row=${total} head=${n === 0} />`)}</tr></tfoot>`}
      </table>
    </div>
  </div>`;
}
