// Draws a grid of numbers as a heat map or as contour lines.
import { kScales, isDark } from './colours.js';

// Draws {side, values} over the whole picture. A density has the colours of a scale from none to much, a difference from
// blue (less) to orange (more). `most` is the value of the last colour.
function drawHeat(context, image, { side, values }, difference, width, height, most) {
  image.width = image.height = side;
  const pixels = image.getContext('2d');
  const picture = pixels.createImageData(side, side);
  const scale = kScales[difference ? (isDark() ? 'differenceDark' : 'difference') : isDark() ? 'dark' : 'light'];
  for (let j = 0; j < side; j++)
    for (let i = 0; i < side; i++) {
      const v = values[j * side + i];
      const share = difference ? (v / most + 1) / 2 : Math.max(v, 0) / most;
      const colour = scale[Math.min(255, Math.max(0, Math.round(255 * (Number.isFinite(share) ? share : 0))))];
      picture.data.set([...colour, 255], 4 * ((side - 1 - j) * side + i));
    }
  pixels.putImageData(picture, 0, 0);
  context.imageSmoothingEnabled = true;
  context.drawImage(image, 0, 0, width, height);
}

const largest = (values) => values.reduce((most, v) => (Number.isFinite(v) ? Math.max(most, Math.abs(v)) : most), 1e-12);

// Draws the lines where {side, values} has the given value: within each square of four cells' centres, between its edges.
function drawContour(context, { side, values }, level, width, height) {
  const at = (i, j) => values[j * side + i] - level;
  const place = (i, j) => [((i + 0.5) / side) * width, (1 - (j + 0.5) / side) * height];
  context.beginPath();
  for (let j = 0; j + 1 < side; j++)
    for (let i = 0; i + 1 < side; i++) {
      const corners = [[i, j], [i + 1, j], [i + 1, j + 1], [i, j + 1]];
      const cuts = [];
      for (let k = 0; k < 4; k++) {
        const a = corners[k], b = corners[(k + 1) % 4], va = at(...a), vb = at(...b);
        if (va < 0 === vb < 0) continue;
        const part = va / (va - vb), [ax, ay] = place(...a), [bx, by] = place(...b);
        cuts.push([ax + part * (bx - ax), ay + part * (by - ay)]);
      }
      for (let k = 0; k + 1 < cuts.length; k += 2) {
        context.moveTo(...cuts[k]);
        context.lineTo(...cuts[k + 1]);
      }
    }
  context.stroke();
}

export { drawHeat, drawContour, largest };
