// The signed token of a QR code, checked here when nobody can be asked: COSE_Sign1, Ed25519, base32, as in domain/tokens.py.
import { CborError, Tagged, decode, encode } from "./cbor.js";
import { serialFromBytes } from "./serial.js";

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LONGEST = 1000;
const ALGORITHM = 1;
const KEY_ID = 4;
const EDDSA = -8;
const COSE_SIGN1 = 18;
const BASES = ["expected", "measured"];

/** A token that cannot be believed: "malformed", "unknown_key", "bad_signature" or "key_not_valid_then". */
export class TokenFault extends Error {
  constructor(fault, kid = null) {
    super(fault);
    Object.assign(this, { fault, kid });
  }
}

/** Whether a key id belongs to the demo, whose certificates are worth nothing. */
export const isTest = (kid) => kid.startsWith("test-");

/** Fetch what checks signatures, 13 kB that only the scanner needs; raises where it cannot be had. */
export const loadChecker = () => import("../vendor/noble-ed25519/index.js");

/**
 * What a token says, once a known key's signature holds and the key was good on the day of issue; raises TokenFault.
 * `keys` maps key ids to `{x, not_before, not_after}` of /.well-known/danzhu-keys.json.
 * The claims: `{serial, holder, count, sink_g, years, basis, issued_on, kid}`.
 */
export async function verify(token, keys) {
  const { signed, signature, claims } = opened(token);
  const key = keys[claims.kid];
  if (!key) throw new TokenFault("unknown_key", claims.kid);
  const { verifyAsync } = await loadChecker();
  // The strict reading of RFC 8032, as the server's.
  const holds = await verifyAsync(signature, signed, fromBase64(key.x), { zip215: false }).catch(() => false);
  if (!holds) throw new TokenFault("bad_signature", claims.kid);
  if (claims.issued_on < key.not_before || (key.not_after && claims.issued_on > key.not_after)) throw new TokenFault("key_not_valid_then", claims.kid);
  return claims;
}

function opened(token) {
  try {
    return envelope(decode(unarmoured(token)));
  } catch (error) {
    if (error instanceof CborError || error instanceof TokenFault || error instanceof RangeError) throw new TokenFault("malformed");
    throw error;
  }
}

const expect = (right) => {
  if (!right) throw new TokenFault("malformed");
};

function unarmoured(token) {
  const text = token.toUpperCase();
  expect(text && text.length <= LONGEST && /^[A-Z2-7]+$/.test(text) && ![1, 3, 6].includes(text.length % 8));
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let bits = 0;
  let held = 0;
  let place = 0;
  for (const character of text) {
    held = (held << 5) | BASE32.indexOf(character);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes[place] = held >> bits;
      place += 1;
      held &= (1 << bits) - 1;
    }
  }
  expect(held === 0); // spare bits would make a second spelling
  return bytes;
}

const isBytes = (value) => value instanceof Uint8Array;
const isWhole = (value) => Number.isSafeInteger(value);

function envelope(message) {
  expect(message instanceof Tagged && message.tag === COSE_SIGN1 && Array.isArray(message.value) && message.value.length === 4);
  const [protectedHeader, unprotected, payload, signature] = message.value;
  expect(isBytes(protectedHeader) && unprotected instanceof Map && unprotected.size === 0 && isBytes(payload) && isBytes(signature));
  const header = decode(protectedHeader);
  expect(header instanceof Map && header.size === 2 && header.get(ALGORITHM) === EDDSA && isBytes(header.get(KEY_ID)));
  const kid = String.fromCharCode(...header.get(KEY_ID));
  expect(/^[\x00-\x7f]*$/.test(kid));
  // Sig_structure of RFC 9052 section 4.4.
  return { signed: encode(["Signature1", protectedHeader, new Uint8Array(0), payload]), signature, claims: unpacked(decode(payload), kid) };
}

function unpacked(claims, kid) {
  expect(Array.isArray(claims) && claims.length >= 7); // later ones are passed over
  const [packed, holder, count, grams, years, basis, issued] = claims;
  expect(isBytes(packed) && typeof holder === "string" && Array.isArray(years) && years.every(isWhole));
  expect([count, grams, issued].every(isWhole) && basis in BASES);
  const serial = serialFromBytes(packed);
  const day = new Date(issued * 86_400_000);
  expect(serial && day.getUTCFullYear() >= 1 && day.getUTCFullYear() <= 9999);
  return { serial, holder, count, sink_g: grams, years, basis: BASES[basis], issued_on: day.toISOString().slice(0, 10), kid };
}

function fromBase64(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
