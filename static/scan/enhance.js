// Makes a poor picture of a QR code readable: grey paper, shadows, haze, a lens out of focus. Works on grey values 0 to 255.

/** The picture itself, then what can be made of it, from the cheapest to the dearest (ImageData each). */
export function* passes(image) {
  const { width, height } = image;
  yield image;
  const grey = luminance(image);
  yield drawn(stretch(grey), width, height);
  const even = stretch(withoutBackground(grey, width, height));
  yield drawn(even, width, height);
  yield drawn(stretch(sharpen(even, width, height, 2)), width, height);
  yield drawn(stretch(sharpen(even, width, height, 5)), width, height);
  // Less grain, where there are pixels to spare.
  yield drawn(stretch(blur(even, width, height, 2)), width, height);
}

function luminance({ data }) {
  const grey = new Float32Array(data.length / 4);
  for (let n = 0; n < grey.length; n += 1) grey[n] = 0.299 * data[4 * n] + 0.587 * data[4 * n + 1] + 0.114 * data[4 * n + 2];
  return grey;
}

/** From the darkest hundredth to the lightest, spread over the whole scale. */
function stretch(grey) {
  const counts = new Uint32Array(256);
  for (const value of grey) counts[Math.max(0, Math.min(255, value | 0))] += 1;
  const few = grey.length / 100;
  let low = 0;
  let high = 255;
  for (let seen = counts[low]; seen < few && low < 255; seen += counts[low]) low += 1;
  for (let seen = counts[high]; seen < few && high > 0; seen += counts[high]) high -= 1;
  const span = Math.max(1, high - low);
  return grey.map((value) => ((value - low) * 255) / span);
}

/** Each value against the paper around it, so that a shadow or a lamp's spot no longer counts. */
function withoutBackground(grey, width, height) {
  const paper = blur(grey, width, height, Math.max(8, Math.round(Math.min(width, height) / 12)));
  return grey.map((value, n) => Math.min(255, (160 * value) / Math.max(1, paper[n])));
}

/** Edges over a radius of some pixels stand out again. */
function sharpen(grey, width, height, radius) {
  const soft = blur(grey, width, height, radius);
  return grey.map((value, n) => Math.max(0, Math.min(255, value + 2.5 * (value - soft[n]))));
}

/** Each value as the mean of the square around it, from sums over rectangles. */
function blur(grey, width, height, radius) {
  const sums = new Float64Array((width + 1) * (height + 1));
  for (let y = 0; y < height; y += 1) {
    let row = 0;
    for (let x = 0; x < width; x += 1) {
      row += grey[y * width + x];
      sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
    }
  }
  const mean = new Float32Array(grey.length);
  for (let y = 0; y < height; y += 1) {
    const top = Math.max(0, y - radius) * (width + 1);
    const bottom = Math.min(height, y + radius + 1) * (width + 1);
    for (let x = 0; x < width; x += 1) {
      const left = Math.max(0, x - radius);
      const right = Math.min(width, x + radius + 1);
      const pixels = ((bottom - top) / (width + 1)) * (right - left);
      mean[y * width + x] = (sums[bottom + right] - sums[bottom + left] - sums[top + right] + sums[top + left]) / pixels;
    }
  }
  return mean;
}

function drawn(grey, width, height) {
  const image = new ImageData(width, height);
  for (let n = 0; n < grey.length; n += 1) {
    image.data.fill(Math.max(0, Math.min(255, grey[n])), 4 * n, 4 * n + 3);
    image.data[4 * n + 3] = 255;
  }
  return image;
}
