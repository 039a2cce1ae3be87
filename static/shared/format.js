// Numbers and days for people. Money comes as whole fen, carbon as whole grams, times as RFC 3339 in UTC, days as YYYY-MM-DD.
import { language } from "./words.js";

const locale = language === "en" ? "en-GB" : "zh-CN";
const whole = new Intl.NumberFormat(locale);
const clock = new Intl.DateTimeFormat(locale, {
  timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit",
});
const monthOf = new Intl.DateTimeFormat(locale, { timeZone: "Asia/Shanghai", month: language === "en" ? "long" : "numeric" });
const monthAndYear = new Intl.DateTimeFormat(locale, { timeZone: "Asia/Shanghai", month: "long", year: "numeric" });
const calendar = new Intl.DateTimeFormat(locale, { timeZone: "Asia/Shanghai", year: "numeric", month: "long", day: "numeric" });

/** 12345 -> "12,345"; what is hidden or unknown is a dash. */
export const count = (number) => (number === null || number === undefined ? "—" : whole.format(number));

/** 300 fen -> "3.00"; cents are never dropped. */
export function yuan(fen) {
  if (fen === null || fen === undefined) return "—";
  const cents = String(Math.abs(fen) % 100).padStart(2, "0");
  return `${fen < 0 ? "-" : ""}${whole.format(Math.trunc(Math.abs(fen) / 100))}.${cents}`;
}

/** 300 fen -> "¥3.00". */
export const price = (fen) => `¥${yuan(fen)}`;

/** 10000 g -> "10"; 12345 g -> "12.345": grams are never rounded away. */
export function kilograms(grams) {
  if (grams === null || grams === undefined) return "—";
  const rest = String(grams % 1000).padStart(3, "0").replace(/0+$/, "");
  return whole.format(Math.trunc(grams / 1000)) + (rest && `.${rest}`);
}

/** 76 mm -> "7.6", a diameter in centimetres as foresters say it. */
export const centimetres = (mm) => (mm / 10).toFixed(1);

/** 630 cm -> "6.3", a height in metres. */
export const metres = (cm) => (cm / 100).toFixed(cm % 10 ? 2 : 1);

/** A month, "2026-11", by its name alone: 11月, November. */
export const monthName = (value) => monthOf.format(new Date(`${value}-15T12:00:00+08:00`));

/** The same with its year: 2026年11月, November 2026. */
export const month = (value) => monthAndYear.format(new Date(`${value}-15T12:00:00+08:00`));

/** An instant as people in Guizhou read it. */
export const time = (instant) => (instant ? clock.format(new Date(instant)) : "—");

/** A day, or the day of an instant. */
export const day = (value) => (value ? calendar.format(new Date(value.length === 10 ? `${value}T12:00:00+08:00` : value)) : "—");
