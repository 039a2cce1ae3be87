// A file that only who is signed in may have: asked for with the sign-in, then handed to the browser to keep.
import { download } from "../shared/api.js";

/** How long a browser may take to write a file before its address is let go of, in milliseconds. */
const WRITTEN_MS = 60_000;

/** Fetch the file of a GET below the API and save it under the name the server gives it. */
export async function save(path) {
  const { blob, name } = await download("GET", path);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), WRITTEN_MS);
}
