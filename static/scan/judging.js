// The verdict on a scanned code: by asking the server, or, where nobody answers, by what the signature alone can tell.
import { Refused, call } from "../shared/api.js";
import { checkSerial } from "./serial.js";
import { TokenFault, isTest, loadChecker, verify } from "./token.js";

const PATIENCE_MS = 8000;

/**
 * The server's verdict: `{verdict, certificate, money}`; raises Refused, with code "offline" where nobody answered in time.
 * The words of a verdict are those of `Verdict` in domain/certificates.py.
 */
export async function ask({ serial, token }) {
  const query = token ? `?${new URLSearchParams({ t: token })}` : "";
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    return await call("GET", `/certificates/${encodeURIComponent(serial)}${query}`, { signal: patience.signal });
  } catch (error) {
    if (error.code === "certificate_unknown") return { verdict: "unknown" };
    if (error.code === "serial_mistyped") return { verdict: "mistyped" };
    if (error instanceof Refused && error.status && error.status < 500) throw error;
    throw new Refused(0, { code: "offline", message: error.message });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The verdict without a network: `{verdict, claims, asOf}`. `verdict` is null where only the server can tell (`why`: "no_token", for a
 * serial without its code; "no_keys" and "new_key", where what was kept here is nothing, or older than the code). `asOf` is the day whose status is
 * told: that of issue, or of the server's last answer `known` (`{verdict, checked}`). A revocation once seen stays one.
 */
export async function judgeOffline({ serial: given, token }, keys, { production = true, known = null } = {}) {
  const serial = checkSerial(given);
  if (!serial) return { verdict: "mistyped" };
  if (!token) return { verdict: null, why: "no_token" };
  if (!keys || !(await loadChecker().catch(() => null))) return { verdict: null, why: "no_keys" };
  try {
    const claims = await verify(token, keys);
    if (claims.serial !== serial) return { verdict: "forged" };
    if (known?.verdict === "revoked") return { verdict: "revoked", claims, asOf: known.checked };
    if (isTest(claims.kid) && production) return { verdict: "test", claims, asOf: claims.issued_on };
    return { verdict: "signed_offline", claims, asOf: known?.checked ?? claims.issued_on };
  } catch (error) {
    if (!(error instanceof TokenFault)) throw error;
    if (error.fault !== "unknown_key") return { verdict: "forged" };
    return isTest(error.kid) && production ? { verdict: "test" } : { verdict: null, why: "new_key" };
  }
}
