// The part of CBOR (RFC 8949) that a token needs, in its deterministic form, as in domain/cbor.py: whole numbers, byte strings
// (Uint8Array), texts, arrays, maps (Map) and tags (Tagged). One value has exactly one spelling; any other is refused.
const DEEPEST = 6;

export class CborError extends Error {}

export class Tagged {
  constructor(tag, value) {
    this.tag = tag;
    this.value = value;
  }
}

const joined = (pieces) => {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let place = 0;
  for (const piece of pieces) {
    whole.set(piece, place);
    place += piece.length;
  }
  return whole;
};

function head(major, argument) {
  if (argument < 24) return Uint8Array.of((major << 5) | argument);
  const size = [1, 2, 4, 8].find((bytes) => BigInt(argument) < 1n << BigInt(8 * bytes));
  const encoded = new Uint8Array(1 + size);
  encoded[0] = (major << 5) | { 1: 24, 2: 25, 4: 26, 8: 27 }[size];
  for (let place = size, rest = BigInt(argument); place > 0; place -= 1, rest >>= 8n) encoded[place] = Number(rest & 255n);
  return encoded;
}

const inOrder = (left, right) => {
  const at = left.findIndex((byte, place) => byte !== right[place]);
  return at < 0 ? left.length - right.length : left[at] - (right[at] ?? -1);
};

/** A value as deterministic CBOR: shortest arguments, map keys in bytewise order. */
export function encode(value) {
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (value instanceof Uint8Array) return joined([head(2, value.length), value]);
  if (typeof value === "string") {
    const text = new TextEncoder().encode(value);
    return joined([head(3, text.length), text]);
  }
  if (Array.isArray(value)) return joined([head(4, value.length), ...value.map(encode)]);
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => [encode(key), encode(item)]).sort(([left], [right]) => inOrder(left, right));
    return joined([head(5, pairs.length), ...pairs.flat()]);
  }
  return joined([head(6, value.tag), encode(value.value)]);
}

/** The one value the bytes spell; raises CborError if they spell none, or not as `encode` would. */
export function decode(encoded) {
  const value = new Reader(encoded).read(DEEPEST);
  const again = encode(value);
  if (again.length !== encoded.length || again.some((byte, place) => byte !== encoded[place])) throw new CborError("is not in its deterministic form");
  return value;
}

/** The bytes still to be read; a length is believed only if so many bytes are left. */
class Reader {
  constructor(encoded) {
    this.encoded = encoded;
    this.place = 0;
  }

  read(depth) {
    const [first] = this.take(1);
    const major = first >> 5;
    const argument = this.argument(first & 31);
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    if (major === 2) return this.take(argument);
    if (major === 3) return this.text(argument);
    if (major === 7) throw new CborError("floats and simple values are not read");
    if (depth === 0) throw new CborError("is nested too deeply");
    if (major === 6) return new Tagged(argument, this.read(depth - 1));
    this.expect(argument);
    if (major === 4) return Array.from({ length: argument }, () => this.read(depth - 1));
    return new Map(Array.from({ length: argument }, () => [this.key(depth - 1), this.read(depth - 1)]));
  }

  key(depth) {
    const key = this.read(depth);
    if (typeof key !== "number") throw new CborError("a map key is no number");
    return key;
  }

  argument(additional) {
    if (additional < 24) return additional;
    if (additional > 27) throw new CborError("open-ended lengths are not read");
    const number = this.take(2 ** (additional - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
    // No claim of ours comes near; beyond it, numbers would lose their last digits.
    if (!Number.isSafeInteger(number)) throw new CborError("a number is too large");
    return number;
  }

  text(size) {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(this.take(size));
    } catch (error) {
      throw error instanceof CborError ? error : new CborError("a text is not UTF-8");
    }
  }

  take(size) {
    this.expect(size);
    this.place += size;
    return this.encoded.slice(this.place - size, this.place);
  }

  expect(size) {
    if (size > this.encoded.length - this.place) throw new CborError("ends too early");
  }
}
