// Files that a person takes along: fetched like any other call, so that a refusal is read and not saved.
import { download } from "./api.js";
import { useAct } from "./calls.js";
import { Button, Failure } from "./parts.js";
import { html } from "./view.js";

/** How long a browser may take to write a file before its address is let go of, in milliseconds. */
const WRITTEN_MS = 60_000;

/** Let the browser save a Blob under a name. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), WRITTEN_MS);
}

/** Fetch a file of the API and save it under the name the server gives it; raises Refused. */
export async function fetchAndSave(path, { method = "GET", body } = {}) {
  const { blob, name } = await download(method, path, { body });
  save(blob, name);
}

/** A button that does so: `path` of the API, `method` and `body` where it is not a GET; `onDone` afterwards. */
export function DownloadButton({ path, method, body, children, kind = "", onDone }) {
  const [busy, error, take] = useAct(async () => {
    await fetchAndSave(path, { method, body });
    onDone?.();
  });
  return html`<div class="stack tight">
    <${Button} kind=${kind} busy=${busy} onClick=${() => take()}>${children}<//>
    <${Failure} error=${error} />
  </div>`;
}
