// Files that an officer takes along: fetched like any other call, so that a refusal is read and not saved.
import { download } from "../shared/api.js";
import { useAct } from "../shared/calls.js";
import { Button, Failure } from "../shared/parts.js";
import { html } from "../shared/view.js";

/** Let the browser save a Blob under a name. */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A button that fetches a file and saves it: `path` of the API; `method` and `body` where it is not a GET; `onDone` afterwards. */
export function DownloadButton({ path, method = "GET", body, children, kind = "", onDone }) {
  const [busy, error, fetchFile] = useAct(async () => {
    const { blob, name } = await download(method, path, { body });
    save(blob, name);
    onDone?.();
  });
  return html`<div class="stack tight">
    <${Button} kind=${kind} busy=${busy} onClick=${() => fetchFile()}>${children}<//>
    <${Failure} error=${error} />
  </div>`;
}
