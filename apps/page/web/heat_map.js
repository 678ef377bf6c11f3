// Heat maps of a report that fill their canvas, and counts of points in cells.
import { sharpen } from './curves.js';
import { drawHeat, largest } from './heat.js';

// Draws {side, values} over the whole canvas. `most` is the value of the last colour, by default the largest of the values.
function drawHeatMap(canvas, grid, { most, difference = false } = {}) {
  const { context, width, height } = sharpen(canvas);
  context.clearRect(0, 0, width, height);
  drawHeat(context, document.createElement('canvas'), grid, difference, width, height, most || largest(grid.values));
}

// Returns the grid with each cell divided into `parts` x `parts` equal ones, so that the cells keep their edges when drawn.
function finerGrid({ side, values }, parts) {
  const fine = side * parts, all = new Float32Array(fine * fine);
  for (let k = 0; k < all.length; k++) all[k] = values[Math.floor(k / fine / parts) * side + Math.floor((k % fine) / parts)];
  return { side: fine, values: all };
}

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

export { drawHeatMap, finerGrid, countPoints };
