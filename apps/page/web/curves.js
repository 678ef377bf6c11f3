// The curves of the training: loss, gradient norm and learning rate over the steps.
import { cssColour } from './colours.js';

// Makes the canvas as sharp as the screen, and returns its context and its size in CSS pixels.
function sharpen(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return { context, width, height };
}

const kFewValues = 10;

const shortNumber = (v) => {
  if (!Number.isFinite(v)) return '–';
  if (v !== 0 && (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5)) return v.toExponential(1);
  return String(Number(v.toPrecision(3)));
};

// Draws values over steps: a pale raw line and a smooth one. `logarithmic` puts the values on a log axis; `ends` are the
// words below the first and the last step.
function drawCurve(canvas, steps, values, { smooth = 0, logarithmic = false, ends = [String(steps[0]), String(steps[steps.length - 1])] } = {}) {
  const { context, width, height } = sharpen(canvas);
  context.clearRect(0, 0, width, height);
  const finite = values.filter((v) => Number.isFinite(v) && (!logarithmic || v > 0));
  if (finite.length < 2) return;
  const place = logarithmic ? Math.log : (v) => v;
  const sorted = Float64Array.from(finite, place).sort();
  let low = sorted[Math.floor(sorted.length * 0.002)], high = sorted[Math.ceil(sorted.length * 0.998) - 1];
  if (!(high > low)) { low -= Math.abs(low) * 0.1 + 1e-12; high += Math.abs(high) * 0.1 + 1e-12; }
  const left = 2, right = 52, top = 6, bottom = 14;
  const last = Math.max(steps[steps.length - 1], 2);
  const x = (s) => left + ((width - left - right) * (s - steps[0])) / Math.max(last - steps[0], 1);
  const y = (v) => top + (height - top - bottom) * (1 - (Math.min(Math.max(place(v), low), high) - low) / (high - low));
  const invert = logarithmic ? Math.exp : (v) => v;
  context.strokeStyle = cssColour('line');
  context.fillStyle = cssColour('soft');
  context.font = '10px system-ui, sans-serif';
  for (const edge of [low, high]) {
    const level = top + (height - top - bottom) * (edge === low ? 1 : 0);
    context.beginPath();
    context.moveTo(left, level);
    context.lineTo(width - right, level);
    context.stroke();
    context.fillText(shortNumber(invert(edge)), width - right + 5, level + 3);
  }
  context.fillText(ends[0], left, height - 2);
  const end = ends[1];
  context.fillText(end, width - right - context.measureText(end).width, height - 2);
  const stride = Math.max(1, Math.floor(values.length / (2 * width)));
  const line = (numbers, alpha, thick) => {
    context.globalAlpha = alpha;
    context.strokeStyle = cssColour('flow');
    context.lineWidth = thick;
    context.beginPath();
    for (let k = 0, pen = false; k < numbers.length; k += stride) {
      if (!Number.isFinite(numbers[k])) { pen = false; continue; }
      if (pen) context.lineTo(x(steps[k]), y(numbers[k]));
      else context.moveTo(x(steps[k]), y(numbers[k]));
      pen = true;
    }
    context.stroke();
    context.globalAlpha = 1;
  };
  if (smooth > 0) {
    line(values, 0.25, 1);
    let mean = values[0];
    const share = Math.max(smooth, Math.min(1, kFewValues / values.length));  // few values are not smoothed
    line(values.map((v) => (mean = Number.isFinite(v) ? mean + (v - mean) * share : mean)), 1, 1.8);
  } else {
    line(values, 1, 1.6);
  }
}

export { drawCurve, sharpen, shortNumber };
