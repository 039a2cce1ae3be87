// A serial number as somebody types it. The rules are those of domain/serials.py: sixteen characters, the last checks the others.
const ALPHABET = "0123456789ABCDEFGHJKMNPQRTVWXYZ";
const BASE = ALPHABET.length;
export const LENGTH = 16;
const LOOK_ALIKES = { I: "1", L: "1", O: "0", S: "5", U: "V" };
const SEPARATORS = /[ \t\r\n\-_.\u00a0\u2010-\u2014\u2212]/g;

/** What was meant, without separators: case, full-width characters and look-alikes are forgiven. */
function plain(text) {
  const narrow = text.replace(/[\uff01-\uff5e]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0)).replace(/\u3000/g, " ");
  return narrow.toUpperCase().replace(SEPARATORS, "").replace(/[ILOSU]/g, (letter) => LOOK_ALIKES[letter]);
}

const grouped = (characters) => characters.match(/.{4}/g).join("-");
const weightedSum = (values) => values.reduce((sum, value, place) => sum + (place + 1) * value, 0);

/**
 * How far the typing has come: `{state, serial, left, wrong}`. `state` is "incomplete" (`left` characters to go), "strange"
 * (holds the character `wrong`, which no serial has), "mistyped" (too long, or the check does not fit) or "right" (`serial` as written).
 */
export function typed(text) {
  const characters = plain(text);
  const wrong = [...characters].find((character) => !ALPHABET.includes(character));
  if (wrong) return { state: "strange", wrong };
  if (characters.length < LENGTH) return { state: "incomplete", left: LENGTH - characters.length };
  const values = [...characters].map((character) => ALPHABET.indexOf(character));
  if (characters.length > LENGTH || weightedSum(values) % BASE) return { state: "mistyped" };
  return { state: "right", serial: grouped(characters) };
}

/** The serial in its written form, or null where it cannot be one. */
export const checkSerial = (text) => typed(text).serial ?? null;

/** The written serial that the ten bytes of a token stand for, or null where they stand for none. */
export function serialFromBytes(bytes) {
  if (bytes.length !== 10) return null;
  let number = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const values = [];
  for (let place = 1; place < LENGTH; place += 1) {
    values.push(Number(number % BigInt(BASE)));
    number /= BigInt(BASE);
  }
  if (number) return null;
  // 16 x check must cancel the sum of the others; 2 is the inverse of 16 modulo 31.
  const check = (BASE - ((2 * weightedSum(values)) % BASE)) % BASE;
  return grouped([...values, check].map((value) => ALPHABET[value]).join(""));
}
