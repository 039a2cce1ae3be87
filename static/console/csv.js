// A table as a file that opens in a spreadsheet, for tables that the server makes none of.
const MARK = "\ufeff"; // by which Excel knows UTF-8
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;
const LONG_DIGITS = /^\d{16,}$/;

/** A cell's text such that a spreadsheet neither runs it as a formula nor rounds its digits. */
export function cell(value) {
  let text = value === null || value === undefined ? "" : String(value);
  if (LONG_DIGITS.test(text)) text += "\t";
  else if (FORMULA.test(text.trimStart()) && !NUMBER.test(text)) text = `'${text}`;
  return /[",\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows of cells as CSV: UTF-8 with its mark, commas, CRLF. */
export const csv = (rows) => MARK + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
