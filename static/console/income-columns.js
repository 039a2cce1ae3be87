// What stands in the lines of an income report, on the overview and on the report itself.
import { month } from "../shared/format.js";
import { html } from "../shared/view.js";
import { t } from "../shared/words.js";
import { parted } from "./table.js";

const money = (key) => ({ key: `${key}_fen`, name: t(key), unit: t("yuan"), kind: "money" });

/** The four figures that money is in, in fen: earned, paid, on its way, still owed. */
export const MONEY = ["earned", "paid", "in_transit", "balance"];
export const moneyColumns = () => MONEY.map(money);
export const spreadColumns = () => ["min", "median", "max"].map(money);

/** The level of divisions below a code, as a report groups by it; households below a village. */
export const below = (code) => ({ 2: "county", 4: "county", 6: "township", 9: "village" })[code.length] ?? "household";
export const LEVELS = ["county", "township", "village", "household"];

/** What a line is about: a division, a household with its number, a month by its name, a year. */
const NAMED = { household: ({ code, name }) => html`<span>${name}</span> ${parted(code)}`, month: ({ code }) => month(code) };
export const nameColumn = (group) => ({
  key: "name", name: t(`group.${group}`), show: NAMED[group], showTotal: ({ name }) => name,
  ...(group === "household" && { value: ({ code, name }) => [name, code].filter(Boolean).join(" ") }),
});
