// Pixels out of a video or a file.
const LONGEST_FRAME = 1024;
const LONGEST_PICTURE = 1600;

const canvas = document.createElement("canvas");
const context = canvas.getContext("2d", { willReadFrequently: true });

function pixels(source, width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** The frame a video shows, or null before there is one. */
export const frameOf = (video) => (video.videoWidth ? pixels(video, video.videoWidth, video.videoHeight, LONGEST_FRAME) : null);

/** The pixels of a picture file; raises where it is no picture that this browser can show. */
export async function pixelsOf(file) {
  const address = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return pixels(image, image.naturalWidth, image.naturalHeight, LONGEST_PICTURE);
  } finally {
    URL.revokeObjectURL(address);
  }
}
