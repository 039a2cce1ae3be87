// The phone's camera, held only while somebody scans.
import { frameOf } from "./pictures.js";
import { loadReader, readFrame, readPicture } from "./reader.js";

const PAUSE_MS = 120;
/** Every so many frames one is improved before it is read: it costs ten times as much. */
const THOROUGH_EVERY = 8;

export class CameraError extends Error {
  constructor(why) {
    super(why);
    this.why = why; // "denied", "none", "busy"
  }
}

/** Whether this browser can show a camera at all; a page that came without TLS cannot. */
export const canFilm = () => Boolean(navigator.mediaDevices?.getUserMedia);

/** Whether the person has allowed the camera before, so that nothing needs to be asked. */
export async function mayFilm() {
  try {
    return canFilm() && (await navigator.permissions.query({ name: "camera" })).state === "granted";
  } catch {
    return false; // browsers that do not tell
  }
}

/**
 * Film into `video` until a QR code is read (`onCode(text)`) or the answer is stopped: `{stop, torch}`, where `torch(on)` switches the
 * light and is null where there is none. `onProblem(error)` is told when the reader cannot be fetched. Raises CameraError.
 */
export async function film(video, { onCode, onProblem }) {
  if (!canFilm()) throw new CameraError("none");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
    });
  } catch (error) {
    throw new CameraError({ NotAllowedError: "denied", SecurityError: "denied", NotReadableError: "busy" }[error.name] ?? "none");
  }
  let stopped = false;
  const stop = () => {
    stopped = true;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
  video.srcObject = stream;
  video.play().catch(() => {}); // it is muted and in the page; a browser that still waits goes on at the first tap
  const [track] = stream.getVideoTracks();
  const look = async () => {
    await loadReader();
    for (let frame = 1; !stopped; frame += 1) {
      const image = document.hidden ? null : frameOf(video);
      const text = image && (await (frame % THOROUGH_EVERY ? readFrame(image) : readPicture(image)));
      if (text && !stopped) {
        stop();
        onCode(text);
        return;
      }
      await new Promise((go) => setTimeout(go, PAUSE_MS));
    }
  };
  look().catch((error) => {
    stop();
    onProblem(error);
  });
  const torch = track.getCapabilities?.().torch ? (on) => track.applyConstraints({ advanced: [{ torch: on }] }) : null;
  return { stop, torch };
}
