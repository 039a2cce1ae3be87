// Reads QR codes in pictures with the vendored zxing, which is fetched when the first picture is there and runs on this phone.
import { passes } from "./enhance.js";

const VENDORED = new URL("../vendor/zxing-wasm/", import.meta.url);
const LIGHT = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: false, tryInvert: false, tryDownscale: false };
const THOROUGH = { formats: ["QRCode"], maxNumberOfSymbols: 1, tryHarder: true, tryInvert: true, tryDownscale: true };
let loading = null;

/** Fetch the reader, once; where that fails, the next picture tries again. */
export function loadReader() {
  loading ??= import("../vendor/zxing-wasm/reader/index.js").then(
    async (zxing) => {
      // Left alone it would fetch its wasm from somebody else's host.
      await zxing.prepareZXingModule({ overrides: { locateFile: (name) => new URL(name, VENDORED).href }, fireImmediately: true });
      return zxing;
    },
  ).catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

async function read(image, options) {
  const zxing = await loadReader();
  const [found] = await zxing.readBarcodes(image, options);
  return found?.isValid ? found.text : null;
}

/** The text of a QR code in one frame of a camera (ImageData), quickly, or null: the next frame comes soon. */
export const readFrame = (image) => read(image, LIGHT);

/** The text of a QR code in a picture (ImageData), or null; a poor picture is improved and read again. */
export async function readPicture(image) {
  for (const improved of passes(image)) {
    const text = await read(improved, THOROUGH);
    if (text !== null) return text;
  }
  return null;
}
