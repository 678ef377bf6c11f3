// The flow of single numbers: their paths over time, the velocity as a slope, and histograms.
import { element, button, find, plural, startsAs } from './elements.js';
import { cssColour } from './colours.js';
import { sharpen } from './curves.js';
import { lastPoints } from './plane_view.js';
import { helpButton } from './help.js';
import { drawHistograms, limitsOf, oneColumn } from './wide_view.js';

const kPaths = 160, kBins = 60;

class LineView {
  constructor(report) {
    this.report = report;
    const { recording, run, opened } = report;
    this.flow = recording.first('flow').arrays;
    this.data = opened.arrays.points || null;
    this.limits = run.limits.slice(0, 2);
    this.fields = [false, true].map((exact) => recording.all('field').filter(({ head }) => head.exact === exact));
    this.layers = { trails: true, learned: this.fields[0].length > 0, exact: false };
    this.kinds = [['trails', 'Paths', true], ['learned', 'Velocity', this.fields[0].length], ['exact', 'Exact velocity', this.fields[1].length]].filter(([, , there]) => there);
    this.canvas = element('canvas');
    this.canvas.id = 'stage';
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', 'Numbers flowing from noise to data: time goes to the right');
    find('stages').append(this.canvas);
    find('flow-title').textContent = `From ${run.source} to data`;
    find('flow-says').textContent = `Time goes to the right and the number upwards: each path starts as ${startsAs(report.run.source)} on the left and ends as a sample on the right; the histogram shows the numbers at time t beside the data (orange).`;
    find('layers').replaceChildren(...this.kinds.map(([key, name]) => {
      const toggle = button('', () => {
        this.layers[key] = !this.layers[key];
        toggle.setAttribute('aria-pressed', String(this.layers[key]));
        this.dirty = true;
      });
      toggle.append(element('i'), name);
      toggle.dataset.layer = key;
      toggle.setAttribute('aria-pressed', String(this.layers[key]));
      return toggle;
    }), helpButton('strokes'));
    find('caption').textContent = this.fields[0].length ? 'Short strokes are the velocity: the slope with which a path leaves that place.' : '';
  }

  setTime(t) {
    this.t = t;
    this.dirty = true;
  }

  redraw() { this.dirty = true; }

  // Returns the numbers of all points at the present time.
  now() {
    const times = this.flow.times.values, [, n] = this.flow.points.shape, values = this.flow.points.values;
    let k = 0;
    while (k < times.length - 2 && times[k + 1] < this.t) k++;
    const part = Math.min(Math.max((this.t - times[k]) / (times[k + 1] - times[k]), 0), 1);
    return Float64Array.from({ length: n }, (_, i) => values[k * n + i] + part * (values[(k + 1) * n + i] - values[k * n + i]));
  }

  draw() {
    if (!this.dirty) return;
    this.dirty = false;
    const { context, width, height } = sharpen(this.canvas);
    context.clearRect(0, 0, width, height);
    const right = width * 0.78, [low, high] = this.limits;
    const x = (t) => 10 + t * (right - 20), y = (v) => height * (1 - (v - low) / (high - low));
    if (this.layers.learned) this.drawSlopes(context, this.fields[0], x, y, 'ink');
    if (this.layers.exact) this.drawSlopes(context, this.fields[1], x, y, 'exact');
    if (this.layers.trails) this.drawPaths(context, x, y);
    context.strokeStyle = cssColour('soft');
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x(this.t), 0);
    context.lineTo(x(this.t), height);
    context.stroke();
    const now = this.now();
    context.fillStyle = cssColour('flow');
    context.globalAlpha = 0.5;
    for (const v of now) context.fillRect(x(this.t) - 1.5, y(v) - 1.5, 3, 3);
    context.globalAlpha = 1;
    if (this.data) this.drawSideways(context, oneColumn(this.data, 0), right, width, height, 'data');
    this.drawSideways(context, now, right, width, height, 'flow');
  }

  drawPaths(context, x, y) {
    const [, n] = this.flow.points.shape, values = this.flow.points.values, times = this.flow.times.values;
    context.strokeStyle = cssColour('flow');
    context.globalAlpha = 0.25;
    context.lineWidth = 1;
    context.beginPath();
    for (let i = 0; i < Math.min(n, kPaths); i++)
      times.forEach((t, k) => (k === 0 ? context.moveTo(x(t), y(values[i])) : context.lineTo(x(t), y(values[k * n + i]))));
    context.stroke();
    context.globalAlpha = 1;
  }

  drawSlopes(context, fields, x, y, colour) {
    const [low, high] = this.limits;
    context.strokeStyle = cssColour(colour);
    context.globalAlpha = 0.55;
    context.lineWidth = 1.2;
    context.beginPath();
    for (const { head, arrays } of fields) {
      const { shape: [count], values } = arrays.velocity;
      for (let i = 2; i < count; i += 5) {
        const v = low + ((high - low) * (i + 0.5)) / count;
        const dx = x(1) - x(0), dy = y(values[i]) - y(0), length = 9 / Math.hypot(dx, dy);
        context.moveTo(x(head.t) - dx * length, y(v) - dy * length);
        context.lineTo(x(head.t) + dx * length, y(v) + dy * length);
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  // Draws a histogram that grows to the right from the end of time.
  drawSideways(context, values, left, width, height, colour) {
    const [low, high] = this.limits;
    const shares = new Float64Array(kBins);
    for (const v of values) {
      const bin = Math.floor(((v - low) / (high - low)) * kBins);
      if (bin >= 0 && bin < kBins) shares[bin] += 1 / values.length;
    }
    this.most = Math.max(...shares, colour === 'data' ? 0 : this.most || 0);
    context.fillStyle = context.strokeStyle = cssColour(colour);
    context.beginPath();
    context.moveTo(left, height);
    shares.forEach((share, k) => {
      const reach = left + (share / this.most) * (width - left - 6);
      context.lineTo(reach, height * (1 - k / kBins));
      context.lineTo(reach, height * (1 - (k + 1) / kBins));
    });
    context.lineTo(left, 0);
    context.globalAlpha = 0.2;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1.4;
    context.stroke();
  }

  showPanels() {
    const { report } = this;
    const end = oneColumn(lastPoints(this.flow.points), 0);
    if (this.data) {
      const own = oneColumn(this.data, 0);
      const box = report.panel('samples', 'Samples beside data', `How often each number occurs: ${plural(end.length, 'sample')} (blue) over ${plural(own.length, 'row')} of data (orange); the two should agree.`);
      const canvas = element('canvas', undefined, 'wide-curve');
      box.append(canvas);
      report.drawers.push(() => drawHistograms(canvas, [{ values: own, colour: 'data' }, { values: end, colour: 'flow' }], limitsOf(own, end), kBins));
    }
    const box = report.panel('density', 'Density', 'How likely each number is: the density of the flow (blue) and, where it is known, that of the data (green).');
    const all = report.recording.all('density');
    if (!all.length) {
      box.append(element('p', `There is no density: ${report.why('density') || 'it was not computed'}.`, 'caption'));
      return;
    }
    const canvas = element('canvas', undefined, 'wide-curve');
    box.append(canvas);
    report.drawers.push(() => {
      const { context, width, height } = sharpen(canvas);
      context.clearRect(0, 0, width, height);
      const curves = all.map(({ head, arrays }) => ({ values: arrays.log_density.values.map(Math.exp), colour: head.exact ? 'exact' : 'flow' }));
      const most = Math.max(...curves.map(({ values }) => values.reduce((a, v) => (Number.isFinite(v) ? Math.max(a, v) : a), 0)));
      for (const { values, colour } of curves) {
        context.strokeStyle = cssColour(colour);
        context.lineWidth = 1.8;
        context.beginPath();
        values.forEach((v, k) => context.lineTo(((k + 0.5) / values.length) * width, height - 4 - (v / most) * (height - 12)));
        context.stroke();
      }
    });
  }
}

export { LineView };
