// The flow of points in the plane: particles, trails, field, densities and pairs.
import { element, button, find, plural } from './elements.js';
import { cssColour } from './colours.js';
import { shortNumber } from './curves.js';
import { Stage } from './stage.js';
import { drawHeat, largest } from './heat.js';
import { drawHeatMap, countPoints } from './heat_map.js';

const kCountSide = 72;
// The colours of classes, by Okabe and Ito; class 8 has the colour of class 0 again.
const kClassColours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c6d31', '#7f7f7f'];

// The stage of a report: it also shows how many particles are where, and their classes.
class PlaneStage extends Stage {
  drawParticles(context, flow, colour) {
    const places = this.places(flow);
    if (this.layers.crowd) this.drawCrowd(context, places);
    const classes = this.layers.classes && flow.labels ? flow.labels.values : null;
    const size = places.length > 6000 ? 2 : 2.6;
    context.globalAlpha = 0.75;
    for (let only = 0; only < (classes ? kClassColours.length : 1); only++) {
      context.fillStyle = classes ? kClassColours[only] : colour;
      for (let k = 0; k < places.length; k += 2)
        if (!classes || classes[k / 2] % kClassColours.length === only) context.fillRect(places[k] - size / 2, places[k + 1] - size / 2, size, size);
    }
    context.globalAlpha = 1;
  }

  drawDots(context, points, colour, size, alpha) {
    const few = points.shape[0] < 1000;
    super.drawDots(context, points, colour, few ? size + 1 : size, few ? Math.max(alpha, 0.6) : alpha);
  }

  drawCrowd(context, places) {
    const grid = countPoints(places, places.length / 2, [0, this.width, this.height, 0], kCountSide);
    context.globalAlpha = 0.8;
    drawHeat(context, this.image, grid, false, this.width, this.height, largest(grid.values));
    context.globalAlpha = 1;
  }
}

// Returns the points at the last time of a trajectory.
function lastPoints({ shape: [times, n, dim], values }) {
  return { shape: [n, dim], values: values.subarray((times - 1) * n * dim) };
}

class PlaneView {
  constructor(report) {
    this.report = report;
    const canvas = element('canvas');
    canvas.id = 'stage';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', 'Points flowing from noise to data');
    find('stages').append(canvas);
    this.stage = new PlaneStage(canvas);
    const { recording } = report;
    this.flow = recording.first('flow').arrays;
    this.fields = [false, true].map((exact) => recording.all('field').filter(({ head }) => head.exact === exact));
    this.pairs = recording.first('pairs');
    this.stage.pairs = this.pairs ? this.pairs.arrays : null;
    this.place();
    Object.assign(this.stage.layers, { data: Boolean(this.stage.data), flow: true });
    this.kinds = [['data', 'Data', this.stage.data], ['flow', 'Flow', true], ['trails', 'Trails', true], ['learned', report.recording.first('flow').head.exact ? 'Learned field' : 'Field', this.fields[0].length],
      ['exact', 'Exact field', this.fields[1].length], ['crowd', 'Crowd', true], ['pairs', 'Pairs', this.pairs], ['classes', 'Classes', this.flow.labels]].filter(([, , there]) => there);
    find('flow-title').textContent = `From ${report.run.source} to data`;
    find('flow-says').textContent = 'Each dot starts as noise at t = 0 and follows the learned velocity to t = 1; move the slider or press play.';
    this.showLayers();
  }

  // Puts the points on the stage.
  place() {
    Object.assign(this.stage, { limits: this.report.run.limits, data: this.report.opened.arrays.points || null, flow: this.flow });
  }

  showLayers() {
    find('layers').replaceChildren(...this.kinds.map(([key, name]) => {
      const toggle = button('', () => {
        this.stage.layers[key] = !this.stage.layers[key];
        toggle.setAttribute('aria-pressed', String(this.stage.layers[key]));
        this.update();
      });
      toggle.append(element('i'), name);
      toggle.dataset.layer = key;
      toggle.setAttribute('aria-pressed', String(Boolean(this.stage.layers[key])));
      return toggle;
    }));
  }

  setTime(t) {
    this.stage.t = t;
    this.update();
  }

  // Puts the field that was recorded nearest to the present time on the stage, in units of the picture's width and height.
  update() {
    const { stage } = this, { layers } = stage, [left, right, low, high] = stage.limits;
    const nearest = (list) => list.reduce((best, one) => (Math.abs(one.head.t - stage.t) < Math.abs(best.head.t - stage.t) ? one : best), list[0]);
    const learned = layers.learned ? nearest(this.fields[0]) : null, exact = layers.exact ? nearest(this.fields[1]) : null;
    const onPage = ({ arrays }) => arrays.velocity.values.map((v, k) => v / (k % 2 ? high - low : right - left));
    const any = learned || exact;
    stage.field = any ? { t: any.head.t, side: any.arrays.velocity.shape[0], learned: learned && onPage(learned), exact: exact && onPage(exact) } : null;
    layers.field = Boolean(any);
    stage.dirty = true;
    find('caption').textContent = this.words(learned, exact).join(' ');
  }

  words(learned, exact) {
    const { pairs, report } = this, { layers } = this.stage, words = [];
    if (learned) words.push(`The arrows are the learned velocity at t = ${shortNumber(learned.head.t)}.`);
    if (exact) words.push(`Green arrows are the exact velocity at t = ${shortNumber(exact.head.t)}.`);
    if (layers.pairs) words.push(`${pairs.arrays.x0.shape[0]} pairs of a batch by the ${pairs.head.coupling} coupling; their lines cross ${pairs.head.crossings.toLocaleString('en')} times.`);
    if (layers.crowd) words.push('The heat map counts the dots: places with stronger colours hold more.');
    if (layers.classes) words.push('Colours are classes.');
    if (report.recording.first('flow').head.by_spread) words.push('Each time is in units of its own spread, because the noise is much wider than the data.');
    return words;
  }

  draw() { this.stage.draw(); }
  redraw() { this.stage.dirty = true; }

  showPanels() {
    const { report, stage } = this;
    const names = report.opened.head.names || [];
    const axes = names.length === 2 ? ` Across is ${names[0]}, up is ${names[1]}.` : '';
    if (stage.data) {
      const box = report.panel('samples', 'Samples beside data', `What the flow makes (blue) beside what it was trained on (orange), in the same limits: the two should look alike.${axes}`);
      const side = element('div', undefined, 'side'), [, n] = this.flow.points.shape;
      side.append(this.dots(`data, ${plural(stage.data.shape[0], 'row')}`, stage.data, 'data'), this.dots(`samples, ${plural(n, 'row')}`, lastPoints(stage.flow.points), 'flow'));
      box.append(side);
    }
    this.showDensity();
  }

  // Returns a canvas with its caption. `draw` draws on it.
  picture(caption, draw) {
    const figure = element('figure'), canvas = element('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', caption);
    figure.append(canvas, element('figcaption', caption));
    this.report.drawers.push(() => draw(canvas));
    return figure;
  }

  dots(caption, points, colour) {
    return this.picture(caption, (canvas) => {
      const small = new PlaneStage(canvas);
      Object.assign(small, { limits: this.stage.limits, layers: {} });
      small.draw();
      small.drawDots(canvas.getContext('2d'), points, cssColour(colour), points.shape[0] > 1500 ? 1.8 : 2.4, 0.6);
    });
  }

  showDensity() {
    const all = this.report.recording.all('density');
    const box = this.report.panel('density', 'Density', 'How likely each place is: where the flow puts its mass, beside where the data has it; stronger colours are likelier.');
    const grids = new Map(all.map(({ head, arrays }) => [head.exact, { side: arrays.log_density.shape[0], values: arrays.log_density.values.map(Math.exp), failed: head.failed }]));
    const own = grids.get(false), exact = grids.get(true);
    if (!own && !exact) {
      box.append(element('p', `There is no density: ${this.report.why('density') || 'it was not computed'}.`, 'caption'));
      return;
    }
    const side = element('div', undefined, 'side'), most = Math.max(...[own, exact].filter(Boolean).map(({ values }) => largest(values)));
    if (own) side.append(this.picture(own.failed > 0 ? `the flow; ${own.failed} places could not be computed and stay empty` : 'the flow', (canvas) => drawHeatMap(canvas, own, { most })));
    if (exact) side.append(this.picture('the data, exactly', (canvas) => drawHeatMap(canvas, exact, { most })));
    if (own && exact) {
      const difference = { side: own.side, values: own.values.map((v, k) => v - exact.values[k]) };
      side.append(this.picture('their difference: orange where the flow has too much, blue where it has too little', (canvas) => drawHeatMap(canvas, difference, { most, difference: true })));
    } else if (!exact && this.stage.data) {
      const { data, limits } = this.stage;
      side.append(this.picture('the data, counted, since its density has no formula', (canvas) => drawHeatMap(canvas, countPoints(data.values, data.shape[0], limits, kCountSide))));
    }
    box.append(side);
  }
}

export { PlaneView, PlaneStage, lastPoints };
