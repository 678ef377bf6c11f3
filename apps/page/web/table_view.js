// A table whose columns are encoded for the flow, or given to the network: samples beside data in the table's own units.
import { element, find, plural, tableOf } from './elements.js';
import { cssColour } from './colours.js';
import { sharpen, shortNumber } from './curves.js';
import { correlation, drawHistograms, oneColumn, twoColumns } from './wide_view.js';

const kMostPaired = 8, kTableBins = 28, kMostNamed = 12;

// Returns the share of each of `count` values among the whole numbers of a column.
function sharesOf(values, count) {
  const shares = new Float64Array(count);
  for (const v of values) shares[v] += 1 / values.length;
  return shares;
}

// Draws bars of data and samples side by side, one pair for each value.
function drawBars(canvas, lists, count) {
  const { context, width, height } = sharpen(canvas);
  context.clearRect(0, 0, width, height);
  const all = lists.map(({ values, colour }) => ({ shares: sharesOf(values, count), colour }));
  const most = Math.max(...all.map(({ shares }) => Math.max(...shares)), 1e-12);
  all.forEach(({ shares, colour }, which) => {
    context.fillStyle = cssColour(colour);
    context.globalAlpha = 0.75;
    const wide = (0.8 * width) / count / all.length;
    shares.forEach((share, k) => {
      const high = (share / most) * (height - 8);
      context.fillRect(((k + 0.1) * width) / count + which * wide, height - high, wide, high);
    });
  });
  context.globalAlpha = 1;
}

// Returns a number in (-1, 1) that depends on k alone: it moves dots of the same value apart.
const apart = (k, turn) => ((Math.sin(12.9898 * (k + 1) + 78.233 * turn) * 43758.5453) % 1);

class TableView {
  constructor(report) {
    this.report = report;
    const { head, arrays } = report.recording.first('table');
    this.columns = head.columns;
    this.rows = head.rows;
    this.sets = [...(arrays.data ? [{ points: arrays.data, colour: 'data', name: 'data' }] : []), { points: arrays.samples, colour: 'flow', name: 'samples' }];
    find('flow-title').textContent = 'Columns of the table';
    find('flow-says').textContent = arrays.data
      ? `Each column of ${plural(arrays.samples.shape[0], 'sample')} (blue) beside ${plural(arrays.data.shape[0], 'row')} of the data (orange), in the units of the table: the two should look alike.`
      : `Each column of ${plural(arrays.samples.shape[0], 'sample')}, in the units of the table.`;
    find('stages').className = 'table-columns';
    document.querySelector('.time').hidden = true;
    find('caption').textContent = 'The flow has other numbers than the table, so its way from noise to data is not shown.';
    this.columns.forEach((column, k) => find('stages').append(this.bars(k)));
  }

  setTime() {}
  draw() {}
  redraw() {}

  limits(k) { return this.columns[k].bars ? [-0.6, this.columns[k].places.length - 0.4] : [this.columns[k].low, this.columns[k].high]; }

  canvas(name, words, draw) {
    const canvas = element('canvas', undefined, name);
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', words);
    this.report.drawers.push(() => draw(canvas));
    return canvas;
  }

  // Returns the canvas of one column: bars, or histograms.
  shares(k, name) {
    const column = this.columns[k];
    const lists = this.sets.map(({ points, colour }) => ({ values: oneColumn(points, k), colour }));
    return this.canvas(name, `Shares of ${column.name}`, (canvas) => {
      if (column.bars) drawBars(canvas, lists, column.places.length);
      else drawHistograms(canvas, lists, this.limits(k), kTableBins);
    });
  }

  bars(k) {
    const column = this.columns[k], figure = element('figure');
    const axis = element('div', undefined, column.bars ? 'axis-bars' : 'axis-ends');
    const named = column.bars && column.places.length > kMostNamed ? [column.places[0], `${column.places.length} values`, column.places[column.places.length - 1]] : column.places;
    for (const text of column.bars ? named : [column.low_text, column.high_text]) {
      const tick = element('span', text);
      tick.title = text;
      axis.append(tick);
    }
    figure.append(element('figcaption', `${column.name}${column.kind === 'number' ? '' : ` (${column.kind})`}`), this.shares(k, 'column'), axis);
    return figure;
  }

  showPanels() {
    const { report, columns } = this, count = Math.min(columns.length, kMostPaired);
    const box = report.panel('samples', 'Pairs of columns', `Every pair of ${count === columns.length ? 'the' : `the first ${count} of ${columns.length}`} columns: samples (blue) over data (orange), each column alone on the diagonal, and above it the correlations. Dots of categories and few whole numbers are moved apart.`);
    const grid = element('div', undefined, 'matrix');
    grid.style.gridTemplateColumns = `repeat(${count}, minmax(0, 1fr))`;
    for (let r = 0; r < count; r++)
      for (let c = 0; c < count; c++) grid.append(r === c ? this.diagonal(r) : r > c ? this.scatter(c, r) : this.correlations(c, r));
    box.append(grid);
    const rows = report.panel('rows', 'Some samples', `The first ${plural(this.rows.length, 'sample')} as rows of the table.`);
    const list = element('div', undefined, 'settings');
    list.append(tableOf(this.rows, columns.map(({ name }) => name)));
    rows.append(list);
  }

  diagonal(k) {
    const cell = element('div', undefined, 'cell-box');
    cell.append(element('span', this.columns[k].name, 'cell-name'), this.shares(k, 'cell'));
    return cell;
  }

  scatter(i, j) {
    const limits = [this.limits(i), this.limits(j)], moved = [this.columns[i].bars, this.columns[j].bars];
    const place = (v, k, axis) => ((v + (moved[axis] ? 0.3 * apart(k, axis) : 0)) - limits[axis][0]) / (limits[axis][1] - limits[axis][0]);
    return this.canvas('cell', `${this.columns[i].name} and ${this.columns[j].name}`, (canvas) => {
      const { context, width, height } = sharpen(canvas);
      context.clearRect(0, 0, width, height);
      for (const { points, colour } of this.sets) {
        const { shape: [n], values } = twoColumns(points, i, j);
        context.fillStyle = cssColour(colour);
        context.globalAlpha = n > 800 ? 0.35 : 0.6;
        for (let k = 0; k < n; k++) context.fillRect(place(values[2 * k], k, 0) * width - 0.8, (1 - place(values[2 * k + 1], k, 1)) * height - 0.8, 1.6, 1.6);
      }
      context.globalAlpha = 1;
    });
  }

  // Categories have no correlation, since their values have no order.
  correlations(i, j) {
    const cell = element('div', undefined, 'cell-words');
    if ([i, j].some((k) => this.columns[k].kind === 'category')) return cell;
    for (const { points, colour, name } of this.sets) cell.append(element('span', `${name} ${shortNumber(correlation(points, j, i))}`, colour === 'data' ? 'of-data' : 'of-flow'));
    return cell;
  }
}

export { TableView };
