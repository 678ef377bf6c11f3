// The jumps of a flow map (apps/page/jump_trace.h) beside the paths of its ODE, and what they say in words.
import { cssColour } from './colours.js';
import { shortNumber } from './curves.js';
import { addTip } from './arrows.js';

const kMostArrows = 24;
const jumpsInWords = (n) => (n === 1 ? 'one jump' : `${n} jumps`);

// Returns the samples by jumps as a flow, for which drawParticles is made.
const jumpedFlow = ({ arrays }) => ({ times: arrays.times, points: arrays.points });

// Draws the jumps of some samples as arrows, the path that the ODE takes from the same point, and a line from the end of the
// jumps to that of the path. The arrows do not depend on the time of the slider.
function drawJumps(context, stage) {
  const { points, ode } = stage.jumps.arrays, [times, n, dim] = points.shape, { flow } = stage;
  const place = (values, slice, row, rows) => stage.toPage(values[(slice * rows + row) * dim], dim > 1 ? values[(slice * rows + row) * dim + 1] : 0);
  const count = Math.min(n, kMostArrows);
  const lines = (colour, thick, alpha, draw) => {
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = thick;
    context.globalAlpha = alpha;
    context.beginPath();
    for (let row = 0; row < count; row++) draw(row);
    context.stroke();
    context.globalAlpha = 1;
  };
  if (flow) {
    const [saved, rows] = flow.points.shape;
    lines(cssColour('flow'), 1.6, 0.75, (row) => {
      if (row >= rows) return;
      for (let k = 0; k < saved; k++) context[k ? 'lineTo' : 'moveTo'](...place(flow.points.values, k, row, rows));
    });
  }
  lines(cssColour('data'), 2.4, 1, (row) => {
    context.moveTo(...place(points.values, times - 1, row, n));
    context.lineTo(...place(ode.values, 0, row, n));
  });
  lines(cssColour('ink'), 1.3, 0.85, (row) => {
    for (let k = 1; k < times; k++) {
      const [x, y] = place(points.values, k - 1, row, n), [toX, toY] = place(points.values, k, row, n);
      context.moveTo(x, y);
      context.lineTo(toX, toY);
      addTip(context, toX, toY, Math.atan2(toY - y, toX - x), Math.min(7, 0.4 * Math.hypot(toX - x, toY - y)));
    }
  });
  context.fillStyle = cssColour('ink');
  for (let row = 0; row < count; row++) {
    const [x, y] = place(points.values, 0, row, n);
    context.fillRect(x - 1.5, y - 1.5, 3, 3);
  }
}

// Says how far the ends of the jumps are from those of the ODE, and both from the data.
function wordsOfJumps({ head, arrays }) {
  const { jumps, off, compared, w2, w2_of_ode: ofOde } = head;
  const ends = `Arrows: ${jumpsInWords(jumps)} from noise to data, by ${jumps === 1 ? 'one evaluation' : `${jumps} evaluations`} of the network; blue: the path of the ODE from the same point. Their ends are ${shortNumber(off)} apart (root mean square of ${arrays.ode.shape[0].toLocaleString('en')}; the orange lines).`;
  return compared ? `${ends} W₂ to ${compared} points of the data: ${shortNumber(w2)} by ${jumpsInWords(jumps)}, ${shortNumber(ofOde)} by the ODE.` : ends;
}

export { drawJumps, jumpedFlow, wordsOfJumps, jumpsInWords };
