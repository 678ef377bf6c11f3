// The flow of tokens: sequences being filled in, and for pairs of tokens their histogram.
import { element, find, plural } from './elements.js';
import { cssColour } from './colours.js';
import { sharpen } from './curves.js';
import { drawHeatMap, finerGrid } from './heat_map.js';

const kMostLines = 60, kMostBars = 64;

// Returns the index of the last saved time that is not after t.
function indexAt(times, t) {
  let k = 0;
  while (k < times.length - 1 && times[k + 1] <= t) k++;
  return k;
}

// The share of each token among states; masks do not count.
function shares(states, vocabulary) {
  const all = new Float64Array(vocabulary);
  let count = 0;
  for (const s of states) if (s < vocabulary) { all[s]++; count++; }
  return all.map((v) => v / Math.max(count, 1));
}

class TextView {
  constructor(report) {
    this.report = report;
    this.tokens = report.recording.first('tokens');
    const { states } = this.tokens.arrays;
    [, this.rows, this.length] = states.shape;
    this.glyphs = this.tokens.head.glyphs;
    this.spaced = this.glyphs.some((glyph) => [...glyph].length > 1);  // tokens that are numbers
    this.shown = Math.min(this.rows, kMostLines);
    this.box = element('div', undefined, 'sequences');
    this.box.id = 'stage';
    this.spans = [];
    for (let i = 0; i < this.shown; i++) {
      const line = element('div', undefined, 'sequence');
      for (let l = 0; l < this.length; l++) {
        const span = element('span');
        this.spans.push(span);
        line.append(span, ...(this.spaced ? [' '] : []));
      }
      this.box.append(line);
    }
    find('stages').append(this.box);
    find('flow-title').textContent = `From ${report.run.source} to data`;
    find('flow-says').textContent = 'Each line is one sequence: at t = 0 it is noise, and its places jump to tokens of the data until t = 1; coloured places have just changed, and a dot is a place that is still masked.';
    find('caption').textContent = this.rows > this.shown ? `The first ${this.shown} of ${plural(this.rows, 'sequence')}.` : '';
  }

  word(state) { return state >= this.glyphs.length ? '·' : this.glyphs[state]; }

  setTime(t) {
    const { times, states } = this.tokens.arrays;
    const k = indexAt(times.values, t), size = this.rows * this.length;
    if (k === this.index) return;
    this.index = k;
    this.spans.forEach((span, place) => {
      const state = states.values[k * size + place];
      const before = k > 0 ? states.values[(k - 1) * size + place] : state;
      span.textContent = this.word(state);
      span.className = state >= this.glyphs.length ? 'masked' : state !== before ? 'changed' : '';
    });
  }

  redraw() {}
  draw() {}

  showPanels() {
    const { report, tokens } = this;
    const { states, data } = tokens.arrays;
    const size = this.rows * this.length, end = states.values.subarray(states.values.length - size);
    const box = report.panel('samples', 'Samples beside data', 'What the flow writes beside what it was trained on.');
    const side = element('div', undefined, 'side');
    for (const [values, name] of [...(data ? [[data.values, 'data']] : []), [end, 'samples']]) {
      const figure = element('figure'), list = element('div', undefined, 'sequences');
      const count = Math.min(values.length / this.length, kMostLines);
      for (let i = 0; i < count; i++) list.append(element('div', Array.from(values.subarray(i * this.length, (i + 1) * this.length), (s) => this.word(s)).join(this.spaced ? ' ' : ''), 'sequence'));
      figure.append(list, element('figcaption', `${name}, ${plural(count, 'sequence')}`));
      side.append(figure);
    }
    box.append(side);
    this.showShares(data, end);
  }

  showShares(data, end) {
    const { vocabulary } = this.tokens.head, count = Math.min(vocabulary, kMostBars);
    const box = this.report.panel('shares', 'How often each token occurs', `The share of each token in the samples (blue) and in the data (orange)${count < vocabulary ? `, for the first ${count} of ${vocabulary} tokens` : ''}: the bars of a pair should be equally long.`);
    const canvas = element('canvas', undefined, 'wide-curve');
    box.append(canvas);
    const sets = [...(data ? [[shares(data.values, vocabulary), 'data']] : []), [shares(end, vocabulary), 'flow']];
    this.report.drawers.push(() => {
      const { context, width, height } = sharpen(canvas);
      context.clearRect(0, 0, width, height);
      const most = Math.max(...sets.map(([list]) => Math.max(...list))), step = width / count, bar = Math.max(1, (step * 0.8) / sets.length);
      sets.forEach(([list, colour], which) => {
        context.fillStyle = cssColour(colour);
        for (let k = 0; k < count; k++) context.fillRect(k * step + which * bar, height - 16 - (list[k] / most) * (height - 20), bar, (list[k] / most) * (height - 20));
      });
      context.fillStyle = cssColour('soft');
      context.font = '11px ui-monospace, monospace';
      for (let k = 0; k < count; k++) if (step > 9) context.fillText({ ' ': '␣', '': 'end' }[this.glyphs[k]] || this.glyphs[k], k * step + bar * 0.4, height - 3);
    });
  }
}

// Counts pairs of states in a grid of (vocabulary + 1)^2 cells, or vocabulary^2 where no state is masked.
function countPairs(states, side) {
  const counts = new Float32Array(side * side);
  for (let k = 0; k < states.length; k += 2) counts[states[k + 1] * side + states[k]] += 1;
  return counts.map((v) => (2 * v) / states.length);
}

class PairView {
  constructor(report) {
    this.report = report;
    this.tokens = report.recording.first('tokens');
    const { states, data } = this.tokens.arrays, { vocabulary } = this.tokens.head;
    [, this.rows] = states.shape;
    this.masked = states.values.some((s) => s >= vocabulary);
    this.side = vocabulary + (this.masked ? 1 : 0);
    this.most = Math.max(...countPairs(data ? data.values : states.values.subarray(states.values.length - 2 * this.rows), this.side));
    const canvas = element('canvas');
    canvas.id = 'stage';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', 'Histogram of pairs of tokens at time t');
    find('stages').append(canvas);
    this.canvas = canvas;
    find('flow-title').textContent = `From ${report.run.source} to data`;
    find('flow-says').textContent = `Each cell counts the pairs with this first token (across) and this second one (up), of ${plural(this.rows, 'pair')}; darker cells hold more.`;
    find('caption').textContent = this.masked ? 'The last row and the last column count pairs with a place that is still masked.' : '';
  }

  // Draws how many of the pairs are in each cell.
  heat(canvas, states) {
    drawHeatMap(canvas, finerGrid({ side: this.side, values: countPairs(states, this.side) }, 8), { most: this.most });
  }

  setTime(t) {
    const { times, states } = this.tokens.arrays, size = 2 * this.rows, k = indexAt(times.values, t);
    this.now = states.values.subarray(k * size, (k + 1) * size);
    this.dirty = true;
  }

  redraw() { this.dirty = true; }

  draw() {
    if (this.dirty) this.heat(this.canvas, this.now);
    this.dirty = false;
  }

  showPanels() {
    const { states, data } = this.tokens.arrays, size = 2 * this.rows;
    const box = this.report.panel('samples', 'Samples beside data', 'How often each pair of tokens occurs in the data and in the samples, with the same colours: the two should look alike.');
    const side = element('div', undefined, 'side');
    for (const [values, name] of [...(data ? [[data.values, 'data']] : []), [states.values.subarray(states.values.length - size), 'samples']]) {
      const figure = element('figure'), canvas = element('canvas');
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', name);
      this.report.drawers.push(() => this.heat(canvas, values));
      figure.append(canvas, element('figcaption', `${name}, ${plural(values.length / 2, 'pair')}`));
      side.append(figure);
    }
    box.append(side);
  }
}

export { TextView, PairView };
