// The flow of points with many columns: any two of them on the stage, and all pairs of the first ones.
import { element, find, startsAs } from './elements.js';
import { cssColour } from './colours.js';
import { sharpen, shortNumber } from './curves.js';
import { PlaneView, lastPoints } from './plane_view.js';

const kMostColumns = 5;

// Returns two columns of an array (..., D) as (..., 2).
function twoColumns({ shape, values }, i, j) {
  const dim = shape[shape.length - 1], count = values.length / dim;
  const picked = new Float32Array(2 * count);
  for (let k = 0; k < count; k++) {
    picked[2 * k] = values[k * dim + i];
    picked[2 * k + 1] = values[k * dim + j];
  }
  return { shape: [...shape.slice(0, -1), 2], values: picked };
}

function oneColumn({ shape: [n, dim], values }, j) {
  return Float64Array.from({ length: n }, (_, k) => values[k * dim + j]).filter(Number.isFinite);
}

// Returns limits of the values without the outermost 0.3 % at each end, with a margin.
function limitsOf(...lists) {
  let low = Infinity, high = -Infinity;
  for (const list of lists) {
    const sorted = Float64Array.from(list).sort();
    if (!sorted.length) continue;
    low = Math.min(low, sorted[Math.floor(sorted.length * 0.003)]);
    high = Math.max(high, sorted[Math.ceil(sorted.length * 0.997) - 1]);
  }
  if (!(high > low)) return [low - 1, high + 1];
  return [low - 0.07 * (high - low), high + 0.07 * (high - low)];
}

// Returns the shares of the values in `count` bins within the limits.
function histogram(values, [low, high], count) {
  const shares = new Float64Array(count);
  for (const v of values) {
    const bin = Math.floor(((v - low) / (high - low)) * count);
    if (bin >= 0 && bin < count) shares[bin] += 1 / values.length;
  }
  return shares;
}

// Draws histograms of lists of values as outlines with the same limits.
function drawHistograms(canvas, lists, limits, count) {
  const { context, width, height } = sharpen(canvas);
  context.clearRect(0, 0, width, height);
  const all = lists.map(({ values, colour }) => ({ shares: histogram(values, limits, count), colour }));
  const most = Math.max(...all.map(({ shares }) => Math.max(...shares)), 1e-12);
  for (const { shares, colour } of all) {
    context.beginPath();
    context.moveTo(0, height);
    shares.forEach((share, k) => {
      const y = height - 3 - (share / most) * (height - 10);
      context.lineTo((k / count) * width, y);
      context.lineTo(((k + 1) / count) * width, y);
    });
    context.lineTo(width, height);
    context.fillStyle = context.strokeStyle = cssColour(colour);
    context.globalAlpha = 0.16;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.5;
    context.stroke();
  }
}

function correlation(points, i, j) {
  const { shape: [n, dim], values } = points;
  let count = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0;
  for (let k = 0; k < n; k++) {
    const x = values[k * dim + i], y = values[k * dim + j];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    count++;
    a += x; b += y; aa += x * x; bb += y * y; ab += x * y;
  }
  const cross = ab / count - (a / count) * (b / count);
  return cross / Math.sqrt((aa / count - (a / count) ** 2) * (bb / count - (b / count) ** 2));
}

class WideView extends PlaneView {
  constructor(report) {
    super(report);
    find('flow-says').textContent = `Each dot starts as ${startsAs(report.run.source)} at t = 0 and follows the learned velocity to t = 1. The picture shows two of ${this.names.length} columns; choose which.`;
    const row = element('div', undefined, 'columns');
    for (const k of [0, 1]) {
      const label = element('label', k === 0 ? 'across ' : 'up ');
      const select = element('select');
      select.id = k === 0 ? 'column-x' : 'column-y';
      this.names.forEach((name, j) => {
        const option = element('option', name);
        option.value = String(j);
        select.append(option);
      });
      select.value = String(this.columns[k]);
      select.onchange = () => {
        this.columns[k] = Number(select.value);
        this.place();
        this.views.whole = null;
        this.update();
      };
      label.append(select);
      row.append(label);
    }
    find('stages').before(row);
  }

  place() {
    const { opened, recording } = this.report;
    const { flow } = this, { dim } = opened.head;
    this.names = opened.head.names.length ? opened.head.names : Array.from({ length: dim }, (_, k) => `column ${k}`);
    this.columns = this.columns || [0, 1];
    const [i, j] = this.columns;
    const data = opened.arrays.points || null, [, n] = flow.points.shape;
    const start = { shape: [n, dim], values: flow.points.values.subarray(0, n * dim) };
    const sets = [lastPoints(flow.points), start, ...(data ? [data] : [])];
    const limits = [i, j].map((c) => limitsOf(...sets.map((points) => oneColumn(points, c))));
    Object.assign(this.stage, {
      limits: [...limits[0], ...limits[1]],
      flow: { ...flow, points: twoColumns(flow.points, i, j) },
      data: data && twoColumns(data, i, j),
    });
  }

  showPanels() {
    const { report, names } = this;
    const data = report.opened.arrays.points, end = lastPoints(this.flow.points);
    const count = Math.min(names.length, kMostColumns);
    const box = report.panel('samples', 'Samples beside data', `Every pair of ${count === names.length ? 'the' : `the first ${count} of ${names.length}`} columns: samples (blue) over data (orange), each column's histogram on the diagonal, and above it how strongly two columns go together (their correlation).`);
    const grid = element('div', undefined, 'matrix');
    grid.style.gridTemplateColumns = `repeat(${count}, minmax(0, 1fr))`;
    for (let r = 0; r < count; r++)
      for (let c = 0; c < count; c++) grid.append(r === c ? this.diagonal(data, end, r) : r > c ? this.scatter(data, end, c, r) : this.correlations(data, end, c, r));
    box.append(grid);
  }

  diagonal(data, end, k) {
    const cell = element('div', undefined, 'cell-box');
    const canvas = element('canvas', undefined, 'cell');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `Histograms of ${this.names[k]}`);
    const lists = [...(data ? [{ values: oneColumn(data, k), colour: 'data' }] : []), { values: oneColumn(end, k), colour: 'flow' }];
    const limits = limitsOf(...lists.map(({ values }) => values));
    this.report.drawers.push(() => drawHistograms(canvas, lists, limits, 28));
    cell.append(element('span', this.names[k], 'cell-name'), canvas);
    return cell;
  }

  scatter(data, end, i, j) {
    const canvas = element('canvas', undefined, 'cell');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `${this.names[i]} and ${this.names[j]}`);
    const sets = [...(data ? [[twoColumns(data, i, j), 'data']] : []), [twoColumns(end, i, j), 'flow']];
    const limits = [0, 1].map((axis) => limitsOf(...sets.map(([points]) => oneColumn(points, axis))));
    this.report.drawers.push(() => {
      const { context, width, height } = sharpen(canvas);
      context.clearRect(0, 0, width, height);
      for (const [{ shape: [n], values }, colour] of sets) {
        context.fillStyle = cssColour(colour);
        context.globalAlpha = n > 800 ? 0.35 : 0.6;
        for (let k = 0; k < n; k++) {
          const x = ((values[2 * k] - limits[0][0]) / (limits[0][1] - limits[0][0])) * width;
          const y = (1 - (values[2 * k + 1] - limits[1][0]) / (limits[1][1] - limits[1][0])) * height;
          context.fillRect(x - 0.8, y - 0.8, 1.6, 1.6);
        }
      }
      context.globalAlpha = 1;
    });
    return canvas;
  }

  correlations(data, end, i, j) {
    const cell = element('div', undefined, 'cell-words');
    if (data) cell.append(element('span', `data ${shortNumber(correlation(data, j, i))}`, 'of-data'));
    cell.append(element('span', `samples ${shortNumber(correlation(end, j, i))}`, 'of-flow'));
    return cell;
  }
}

export { WideView, correlation, limitsOf, oneColumn, twoColumns, drawHistograms };
