// What a solver does with the points (apps/page/solver_trace.h): the error of each end as a colour, and the steps it took.
import { kScales, isDark, cssColour } from './colours.js';
import { sharpen, shortNumber } from './curves.js';

// Returns the distance of each sample's end from its end by the reference, for as many as both have.
function endErrors(solver, flow) {
  const { shape: [n, dim], values } = solver.arrays.reference, [times, count] = flow.points.shape;
  const from = (times - 1) * count * dim;
  return Float64Array.from({ length: Math.min(n, count) }, (_, k) => {
    let square = 0;
    for (let j = 0; j < dim; j++) square += (flow.points.values[from + k * dim + j] - values[k * dim + j]) ** 2;
    return Math.sqrt(square);
  });
}

const rootMeanSquare = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / Math.max(values.length, 1));

// Returns the errors between which the colours run, on a logarithmic scale.
function errorRange(errors) {
  const sorted = errors.filter((e) => e > 0 && Number.isFinite(e)).sort();
  if (!sorted.length) return [1e-7, 1e-6];
  const low = Math.max(sorted[Math.floor(sorted.length * 0.05)], 1e-9), high = Math.max(sorted[Math.ceil(sorted.length * 0.99) - 1], 1e-9);
  return high > 1.5 * low ? [low, high] : [low / 2, high * 2];
}

const colourOf = (share) => {
  // The ends of the scales have the colours of the picture's background.
  const scale = isDark() ? kScales.dark : kScales.light;
  const [r, g, b] = scale[Math.round(70 + 185 * Math.min(Math.max(share, 0), 1))];
  return `rgb(${r}, ${g}, ${b})`;
};

// Draws each sample where it is, in the colour of the error of its end, and at the end a line to where it should be.
function drawErrors(context, stage, flow) {
  const { solver } = stage, errors = endErrors(solver, flow), [low, high] = errorRange(errors), places = stage.places(flow);
  const { values, shape: [, dim] } = solver.arrays.reference, atEnd = stage.t >= flow.times.values[flow.times.values.length - 1] - 1e-6;
  const share = (e) => Math.log(Math.max(e, 1e-12) / low) / Math.log(high / low);
  context.lineWidth = 1;
  for (let k = 0; k < errors.length; k++) {
    context.strokeStyle = context.fillStyle = colourOf(share(errors[k]));
    if (atEnd) {
      context.beginPath();
      context.moveTo(places[2 * k], places[2 * k + 1]);
      context.lineTo(...stage.toPage(values[k * dim], values[k * dim + 1]));
      context.stroke();
    }
    context.fillRect(places[2 * k] - 2, places[2 * k + 1] - 2, 4, 4);
  }
  drawLegend(context, stage, low, high);
}

function drawLegend(context, { width, height }, low, high) {
  const wide = Math.min(150, width / 3), left = width - wide - 14, top = height - 26;
  context.fillStyle = cssColour('card');
  context.globalAlpha = 0.82;
  context.fillRect(left - 8, top - 19, wide + 18, 40);
  context.globalAlpha = 1;
  for (let k = 0; k < wide; k++) {
    context.fillStyle = colourOf(k / wide);
    context.fillRect(left + k, top, 1.5, 6);
  }
  context.fillStyle = cssColour('ink');
  context.font = '11px system-ui, sans-serif';
  context.fillText('error of the end', left, top - 6);
  context.fillText(shortNumber(low), left, top + 17);
  const text = shortNumber(high);
  context.fillText(text, left + wide - context.measureText(text).width, top + 17);
}

// Draws the ways of the watched samples up to time t: a dot at the end of each accepted step, a ring at that of a rejected one.
function drawSteps(context, stage, flow) {
  const { row, to, accepted, end } = stage.solver.arrays, dim = end.shape[1], { rows } = stage.solver.head;
  const start = flow.points.values, ways = Array.from({ length: Math.min(rows, flow.points.shape[1]) }, (_, r) => [stage.toPage(start[r * dim], start[r * dim + 1])]);
  const rejected = [];
  for (let k = 0; k < row.values.length; k++) {
    if (to.values[k] > stage.t + 1e-6 || row.values[k] >= ways.length) continue;
    const place = stage.toPage(end.values[k * dim], end.values[k * dim + 1]);
    if (accepted.values[k]) ways[row.values[k]].push(place);
    else rejected.push(place);
  }
  context.strokeStyle = context.fillStyle = cssColour('ink');
  context.lineWidth = 1.2;
  for (const way of ways) {
    context.globalAlpha = 0.5;
    context.beginPath();
    way.forEach((place, k) => (k ? context.lineTo(...place) : context.moveTo(...place)));
    context.stroke();
    context.globalAlpha = 1;
    way.forEach(([x, y], k) => {
      context.beginPath();
      context.arc(x, y, k ? 2.6 : 3.6, 0, 7);
      context.fill();
    });
  }
  context.strokeStyle = cssColour('data');
  context.lineWidth = 1.6;
  for (const [x, y] of rejected) {
    context.beginPath();
    context.arc(x, y, 4.5, 0, 7);
    context.stroke();
  }
}

// Says how many steps and evaluations the watched samples took, and how far the ends are from the reference.
function wordsOfSolver(solver, flow) {
  const { rows, evaluations, accepted, rejected } = solver.head, errors = endErrors(solver, flow);
  const each = (count) => shortNumber(count / rows);
  const steps = rejected ? `${each(accepted)} accepted and ${each(rejected)} rejected steps` : `${each(accepted)} steps`;
  return `${shortNumber(evaluations)} evaluations of the field and ${steps} for each point, the mean of ${rows}. The ends differ from those of 64 steps of Runge-Kutta 4 by ${shortNumber(rootMeanSquare(errors))} (root mean square), at most ${shortNumber(Math.max(...errors))}.`;
}

// Draws the length of each tried step over the time at which it began: dots were accepted, rings rejected.
function drawStepSizes(canvas, solver) {
  const { context, width, height } = sharpen(canvas), { from, to, accepted } = solver.arrays;
  context.clearRect(0, 0, width, height);
  const sizes = Array.from(from.values, (t, k) => Math.max(Math.abs(to.values[k] - t), 1e-9));
  const low = Math.log(Math.min(...sizes)) - 0.3, high = Math.log(Math.max(...sizes)) + 0.3;
  const left = 8, right = 54, top = 8, bottom = 18;
  const y = (size) => top + (height - top - bottom) * (1 - (Math.log(size) - low) / (high - low));
  context.font = '10px system-ui, sans-serif';
  context.fillStyle = cssColour('soft');
  context.strokeStyle = cssColour('line');
  for (const size of [Math.min(...sizes), Math.max(...sizes)]) {
    context.beginPath();
    context.moveTo(left, y(size));
    context.lineTo(width - right, y(size));
    context.stroke();
    context.fillText(shortNumber(size), width - right + 6, y(size) + 3);
  }
  context.fillText('t = 0', left, height - 4);
  context.fillText('t = 1', width - right - 22, height - 4);
  sizes.forEach((size, k) => {
    context.beginPath();
    context.arc(left + from.values[k] * (width - left - right), y(size), accepted.values[k] ? 2.2 : 3.4, 0, 7);
    context.strokeStyle = cssColour('data');
    context.lineWidth = 1.4;
    context.fillStyle = cssColour('flow');
    if (accepted.values[k]) context.fill();
    else context.stroke();
  });
}

export { endErrors, rootMeanSquare, drawErrors, drawSteps, drawStepSizes, wordsOfSolver };
