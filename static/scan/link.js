// What a QR code or a typed text says. Nothing here opens anything: a code that leads elsewhere is told, not followed.
import { decoded } from "../shared/decoded.js";
import { checkSerial } from "./serial.js";

/**
 * A code as `{kind: "certificate", serial, token}` or `{kind: "foreign", host}` (`host` null where it is no link at all).
 * `hosts` are ours, as they stand in a link; user names, ports and other schemes make a link foreign.
 */
export function readCode(text, hosts) {
  const serial = checkSerial(text);
  if (serial) return { kind: "certificate", serial, token: null };
  let link;
  try {
    link = new URL(text.trim());
  } catch {
    return { kind: "foreign", host: null };
  }
  const [, written] = /^\/c\/([^/]+)\/?$/.exec(link.pathname) ?? [];
  const ours = ["https:", location.protocol].includes(link.protocol) && hosts.includes(link.host) && !link.username && !link.password;
  if (!ours || !written) return { kind: "foreign", host: link.host || link.protocol.replace(":", "") };
  return { kind: "certificate", serial: decoded(written), token: link.searchParams.get("t") };
}
