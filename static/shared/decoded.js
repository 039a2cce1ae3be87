/** Part of an address in plain letters; what cannot be decoded (a lone `%`) is taken as it stands, and found nowhere. */
export function decoded(written) {
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
