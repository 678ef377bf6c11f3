// The flow of points in the plane of a report: the layers and the two pictures of the live page, about recorded messages.
import { element, button, find, plural, tableOf, startsAs } from './elements.js';
import { cssColour } from './colours.js';
import { shortNumber } from './curves.js';
import { Stage } from './stage.js';
import { largest } from './heat.js';
import { drawHeatMap, countPoints } from './heat_map.js';
import { comparedWords, particleDensity } from './grids.js';
import { findPosterior, wordsWithoutPosterior, wordsOfPosterior } from './posterior.js';
import { drawStepSizes, wordsOfSolver } from './solver_layers.js';
import { jumpsInWords, wordsOfJumps } from './jump_layers.js';
import { Views } from './views.js';
import { helpButton } from './help.js';

const kCountSide = 72;
// The colours of classes, by Okabe and Ito; class 8 has the colour of class 0 again.
const kClassColours = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8c6d31', '#7f7f7f'];

// The stage of a report: it also shows the classes of particles.
class PlaneStage extends Stage {
  drawParticles(context, flow, colour) {
    const places = this.places(flow);
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
}

// Returns the points at the last time of a trajectory.
function lastPoints({ shape: [times, n, dim], values }) {
  return { shape: [n, dim], values: values.subarray((times - 1) * n * dim) };
}

class PlaneView {
  constructor(report) {
    const { recording } = report;
    const [first, ...more] = recording.all('flow');
    Object.assign(this, { report, flow: first.arrays, state: { beside: '' }, training: false, density: this.recordedDensity(recording) });
    const canvases = ['stage', 'stage-beside'].map((id, k) => {
      const box = element('div', undefined, 'stage-box'), canvas = element('canvas');
      canvas.id = id;
      canvas.tabIndex = 0;
      canvas.setAttribute('aria-label', k ? 'Another picture of the same flow, at the same time and with the same zoom' : 'Points flowing from noise to data. Click a place to see which data points it can be going to. The wheel and the keys + - 0 zoom.');
      canvas.onpointerdown = (event) => report.guard(() => this.choose(event, k));
      box.append(canvas);
      find('stages').append(box);
      return canvas;
    });
    this.stage = new PlaneStage(canvases[0]);
    // A report of the exact flow has no learned one.
    const all = [false, true].map((exact) => recording.all('field').filter(({ head }) => head.exact === exact));
    this.fields = first.head.exact ? [all[1], []] : all;
    this.pairs = recording.first('pairs');
    this.path = recording.first('path');
    this.place();
    Object.assign(this.stage, { pairs: this.pairs ? this.pairs.arrays : null, exactFlow: more.length ? more[0].arrays : null, solver: recording.first('solver') || null, jumps: recording.first('jumps') || null });
    Object.assign(this.stage.layers, { data: Boolean(this.stage.data), flow: true });
    this.kinds = [['data', 'Data'], ['flow', 'Flow'], ['trails', 'Trails'], ['field', 'Field'], ['streams', 'Streamlines'], ['density', 'Density'],
      ['pairs', 'Pairs'], ['exact', 'Exact'], ['difference', 'Difference'], ['error', 'Solver error'], ['steps', 'Solver steps'], ['jumps', 'One step'], ['classes', 'Classes']].filter(([key]) => !this.lacks(key));
    this.views = new Views(this, canvases[1]);
    find('flow-title').textContent = `From ${report.run.source} to data`;
    find('flow-says').textContent = `Each dot starts as ${startsAs(report.run.source)} at t = 0 and follows the learned velocity to t = 1; move the slider or press play.`;
    this.showLayers();
  }

  // Returns the densities that the report holds, by whether they are exact: {side, values, failed}.
  recordedDensity(recording) {
    return new Map(recording.all('density').map(({ head, arrays }) => [head.exact, { side: arrays.log_density.shape[0], values: arrays.log_density.values.map(Math.exp), failed: head.failed }]));
  }

  // Returns whether the report holds nothing for a layer.
  lacks(key) {
    const { stage } = this, [learned, exact] = this.fields;
    const there = { data: stage.data, field: learned.length, streams: learned.length, pairs: this.pairs, exact: exact.length || stage.exactFlow, difference: learned.length && exact.length,
      error: stage.solver, steps: stage.solver, jumps: stage.jumps, jumped: stage.jumps, classes: this.flow.labels };
    return key in there && !there[key];
  }

  // Puts the points on the stage.
  place() {
    Object.assign(this.stage, { limits: this.report.run.limits, data: this.report.opened.arrays.points || null, flow: this.flow });
  }

  showLayers() {
    const { layers } = this.stage;
    find('layers').replaceChildren(...this.kinds.map(([key, name]) => {
      const toggle = button('', () => {
        layers[key] = !layers[key];
        if (key === 'difference' && layers[key] && !layers.field && !layers.streams && !layers.density) layers.field = layers.density = true;
        this.showLayers();
        find('layers').querySelector(`[data-layer=${key}]`).focus();
        this.update();
      });
      toggle.append(element('i'), name);
      toggle.dataset.layer = key;
      toggle.setAttribute('aria-pressed', String(Boolean(layers[key])));
      return toggle;
    }), helpButton('shown'), this.views.control());
    this.views.apply();
  }

  setTime(t) {
    this.stage.t = t;
    this.update();
  }

  guard(act) { return this.report.guard(act); }
  keep() {}
  async refresh() { this.update(); }
  async askGrids() { this.update(); }

  // Puts the field that was recorded nearest to the present time on the stage, and the density.
  update() {
    const { stage, density } = this, limits = this.report.run.limits, wanted = this.views.wanted();
    const nearest = (list) => list.reduce((best, one) => (Math.abs(one.head.t - stage.t) < Math.abs(best.head.t - stage.t) ? one : best), list[0]);
    const [learned, exact] = this.fields.map((list) => (wanted.field && list.length ? nearest(list) : null));
    const velocity = (message) => message && message.arrays.velocity.values;
    const same = stage.field && learned && stage.field.t === learned.head.t;
    if (!same) stage.field = learned && { t: learned.head.t, limits, side: learned.arrays.velocity.shape[0], learned: velocity(learned), exact: velocity(exact) };
    const atEnd = stage.t > 0.999, own = density.get(this.recordedExactly());
    stage.density = null;
    if (wanted.density && stage.width)
      stage.density = { t: stage.t, limits: atEnd && own ? limits : stage.limits, particles: particleDensity(stage, stage.flow, kCountSide), learned: (atEnd && own) || null, exact: (atEnd && own && !this.recordedExactly() && density.get(true)) || null,
        later: own ? 'The density counts the dots; at t = 1 it is the likelihood of the flow.' : 'The density counts the dots.' };
    stage.dirty = true;
    find('caption').textContent = this.words(wanted).join(' ');
  }

  recordedExactly() { return this.report.recording.first('flow').head.exact; }

  // Shows the data points to which a clicked place can be going.
  choose(event, k) {
    const { stage, path, report } = this, box = event.currentTarget.getBoundingClientRect();
    if (!path || !stage.data || path.head.unknown) {
      this.unknown = wordsWithoutPosterior((path && path.head.unknown) || report.why('posterior') || report.why('data') || 'the report holds no path between source and data');
    } else {
      const x = (k ? this.views.second : stage).toData(event.clientX - box.left, event.clientY - box.top);
      stage.chosen = findPosterior(path, stage.data, x, stage.t, report.recording.first('flow').head.by_spread);
    }
    this.update();
  }

  pressed(key) {
    if (key !== 'escape') return this.views.pressed(key);
    this.stage.chosen = this.unknown = null;
    this.update();
    return true;
  }

  words(wanted) {
    const { pairs, report, stage } = this, { layers } = stage, words = [];
    if (stage.chosen) words.push(wordsOfPosterior(stage.chosen));
    else if (this.unknown) words.push(this.unknown);
    else if (this.path && stage.data && !this.path.head.unknown) words.push('Click the picture to see where a point can be going.');
    if (wanted.field && stage.field) words.push(`The velocity is that of t = ${shortNumber(stage.field.t)}.`);
    if (wanted.pairs) words.push(`${pairs.arrays.x0.shape[0]} pairs of a batch by the ${pairs.head.coupling} coupling; their lines cross ${pairs.head.crossings.toLocaleString('en')} times.`);
    if (wanted.solver) words.push(wordsOfSolver(stage.solver, stage.flow));
    if (wanted.jumps) words.push(wordsOfJumps(stage.jumps));
    words.push(...comparedWords(stage, wanted, this.fields[1].length > 0, report.opened.head.config.data.type !== 'mixture'));
    if (layers.classes) words.push('Colours are classes.');
    if (report.recording.first('flow').head.by_spread) words.push('Each time is in units of its own spread, because the noise is much wider than the data.');
    return words;
  }

  draw() {
    const first = !this.stage.width;
    this.views.draw();
    if (first) this.update();  // densities that count dots need the picture's size
  }

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
    this.showJumps();
    this.showSolver();
    this.showDensity();
  }

  // The samples of a flow map by one jump and by a few, beside those of its ODE.
  showJumps() {
    const { report } = this, all = report.recording.all('jumps');
    if (!all.length) {
      if (report.why('jumps')) report.panel('one-step', 'One step', `The jumps of this map cannot be shown: ${report.why('jumps')}.`);
      return;
    }
    const box = report.panel('one-step', 'One step', 'This network is a one-step map: it jumps from noise to data by one evaluation, or by a few. The layer One step of the picture above shows its jumps as arrows beside the paths of its ODE.');
    box.querySelector('h2').append(helpButton('learns'));
    const side = element('div', undefined, 'side'), far = (v) => (v === undefined ? '–' : shortNumber(v));
    for (const { head, arrays } of all) side.append(this.dots(`samples by ${jumpsInWords(head.jumps)}`, lastPoints(arrays.points), 'flow'));
    const [{ head, arrays }] = all, rows = all.map((one) => [jumpsInWords(one.head.jumps), String(one.head.jumps), shortNumber(one.head.off), far(one.head.w2)]);
    const solver = this.stage.solver ? shortNumber(this.stage.solver.head.evaluations) : '–';
    side.append(this.dots('samples by the ODE from the same noise', arrays.ode, 'flow'));
    const words = head.compared ? ` W₂ is the exact 2-Wasserstein distance to ${head.compared} rows of the data.` : '';
    const table = element('div', undefined, 'scroll');
    table.append(tableOf([...rows, ['the ODE', solver, '0', far(head.w2_of_ode)]], ['samples by', 'evaluations', 'from the ODE’s ends', 'W₂ to the data'], 'measures'));
    box.append(side, table, element('p', `The distance from the ends of the ODE is the root mean square over ${plural(arrays.ode.shape[0], 'sample')}.${words}`, 'caption'));
  }

  // The steps of the run's solver, and the error of its ends.
  showSolver() {
    const { report, stage } = this, { solver } = stage;
    if (!solver && !report.why('solver')) return;
    const box = report.panel('solver', 'Solver', 'How the samples were followed from noise to data: the length of each step over time, and how far the ends are from those of many small steps.');
    box.querySelector('h2').append(helpButton('solver'));
    if (!solver) {
      box.append(element('p', `The steps cannot be shown: ${report.why('solver')}.`, 'caption'));
      return;
    }
    const sizes = element('canvas', undefined, 'wide-curve');
    sizes.setAttribute('role', 'img');
    sizes.setAttribute('aria-label', 'The length of each step over time');
    box.append(element('p', wordsOfSolver(solver, stage.flow)), sizes, element('p', 'Dots are accepted steps; rings are steps that the solver rejected and tried again with a smaller length.', 'caption'));
    report.drawers.push(() => drawStepSizes(sizes, solver));
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
    const { density: grids } = this;
    const box = this.report.panel('density', 'Density', 'How likely each place is: where the flow puts its mass, beside where the data has it; stronger colours are likelier.');
    box.querySelector('h2').append(helpButton('density'));
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
