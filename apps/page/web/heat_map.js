// Heat maps of a report: values on a grid as colours.
import { kScales, isDark } from './colours.js';
import { sharpen } from './curves.js';

// Draws values on a grid of side x side cells, whose first row is the lowest, over the whole canvas. `most` is the value of the
// last colour. With `signed`, values have colours from blue (less) to orange (more). With `sharp`, cells keep their edges.
function drawHeatMap(canvas, { side, values }, { most, signed = false, sharp = false } = {}) {
  const { context, width, height } = sharpen(canvas);
  context.clearRect(0, 0, width, height);
  paintHeatMap(context, width, height, { side, values }, { most, signed, sharp });
}

function paintHeatMap(context, width, height, { side, values }, { most, signed, sharp }) {
  const image = document.createElement('canvas');
  image.width = image.height = side;
  const pixels = image.getContext('2d');
  const picture = pixels.createImageData(side, side);
  const scale = signed ? kScales.difference : kScales[isDark() ? 'dark' : 'light'];
  const full = most || largestOf(values) || 1e-12;
  for (let j = 0; j < side; j++)
    for (let i = 0; i < side; i++) {
      const v = Number.isFinite(values[j * side + i]) ? values[j * side + i] / full : 0;
      const share = signed ? (v + 1) / 2 : v;
      picture.data.set([...scale[Math.min(255, Math.max(0, Math.round(255 * share)))], 255], 4 * ((side - 1 - j) * side + i));
    }
  pixels.putImageData(picture, 0, 0);
  context.imageSmoothingEnabled = !sharp;
  context.drawImage(image, 0, 0, width, height);
}

const largestOf = (values) => values.reduce((a, v) => (Number.isFinite(v) ? Math.max(a, Math.abs(v)) : a), 0);

// Counts points (n, 2) in the cells of a grid over the limits and smooths the counts.
function countPoints(points, count, [left, right, low, high], side) {
  const counts = new Float32Array(side * side);
  for (let k = 0; k < count; k++) {
    const i = Math.floor(((points[2 * k] - left) / (right - left)) * side), j = Math.floor(((points[2 * k + 1] - low) / (high - low)) * side);
    if (i >= 0 && i < side && j >= 0 && j < side) counts[j * side + i] += 1;
  }
  const weights = [0.06, 0.24, 0.4, 0.24, 0.06];
  const pass = (from, across) => from.map((_, at) => {
    const i = at % side, j = Math.floor(at / side);
    let sum = 0;
    for (let d = -2; d <= 2; d++) {
      const place = across ? i + d : j + d;
      if (place >= 0 && place < side) sum += weights[d + 2] * from[at + d * (across ? 1 : side)];
    }
    return sum;
  });
  return { side, values: pass(pass(counts, true), false) };
}

export { drawHeatMap, paintHeatMap, largestOf, countPoints };
