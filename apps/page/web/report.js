// The page about a recorded run: it draws the messages of the recording and changes nothing in them.
import { element, button, tableOf, find, plural } from './elements.js';
import { isDark } from './colours.js';
import { drawCurve, shortNumber } from './curves.js';
import { showTape } from './tape.js';
import { helpButton, closeHelp } from './help.js';
import { Recording } from './recording.js';
import { PlaneView } from './plane_view.js';
import { WideView } from './wide_view.js';
import { TableView } from './table_view.js';
import { LineView } from './line_view.js';
import { ImageView } from './image_view.js';
import { TextView, PairView } from './token_views.js';

class Report {
  constructor(recording) {
    this.recording = recording;
    this.run = recording.first('run').head;
    this.opened = recording.first('opened');
    this.curve = recording.first('trained').arrays;
    this.t = 1;
    this.playing = false;
    this.drawers = [];  // functions that draw the pictures below the flow; they depend on size and colours only
  }

  ask(question) { return this.recording.ask(question); }

  async guard(act) {
    try {
      await act();
    } catch (error) {
      find('words').hidden = false;
      find('words').textContent = error.message;
    }
  }

  why(panel) {
    const found = this.run.absent.find((entry) => entry.panel === panel);
    return found ? found.why : null;
  }

  start() {
    document.title = `${this.run.name}: pushforward report`;
    find('name').textContent = this.run.name;
    const points = this.recording.first('table') ? `rows of ${plural(this.opened.head.dim || 0, 'column')}` : `points of ${plural(this.opened.head.dim || 0, 'number')}`;
    const kinds = { points, images: 'images', text: 'sequences of tokens', pairs: 'pairs of tokens' };
    const done = this.run.steps === this.run.total ? plural(this.run.steps || 0, 'step') : `${(this.run.steps || 0).toLocaleString('en')} of ${plural(this.run.total || 0, 'step')}`;
    find('motto').textContent = `A flow of ${kinds[this.run.subject]}, trained for ${done}.`;
    this.view = makeView(this);
    const manifold = this.why('manifold');
    if (manifold) find('flow-says').textContent += ` ${manifold}`;
    this.showFigures();
    this.showPanels();
    this.setTime(1);
    const made = this.run.environment && this.run.environment.version ? ` Trained with pushforward ${this.run.environment.version}.` : '';
    find('footer').textContent = `Written by pushforward report from ${this.run.folder}: ${this.run.note}.${made} Everything on this page is in this one file.`;
  }

  showFigures() {
    const last = (list) => { const all = Array.from(list).filter(Number.isFinite); return all.length ? all[all.length - 1] : NaN; };
    const tail = Array.from(this.curve.loss.values).slice(-100).filter(Number.isFinite);
    const mean = tail.length ? tail.reduce((a, b) => a + b, 0) / tail.length : NaN;
    const rows = [['steps', (this.run.steps || 0).toLocaleString('en')], ['loss, mean of the last 100', shortNumber(mean)],
      ['last learning rate', shortNumber(last(this.curve.rate.values))], ['weights', (this.run.weights || 0).toLocaleString('en')]];
    if (this.curve.held_out.values.length === 1) rows.push(['loss of held-out rows', shortNumber(this.curve.held_out.values[0])]);
    for (const name of ['negative log-likelihood', '2-Wasserstein']) {
      const line = (this.run.evaluation || []).find((entry) => entry.name === name);
      if (line) rows.push([name, line.value]);
    }
    find('figures').replaceChildren(...rows.map(([name, value]) => {
      const box = element('div');
      box.append(element('dt', name), element('dd', value));
      return box;
    }));
    const every = recordedEvery(this.recording.first('trained').head.every);
    find('curves-says').textContent = this.why('curves') ? `There are no curves: ${this.why('curves')}.` : every;
  }

  drawCurves() {
    find('held-out-box').hidden = this.curve.held_out.values.length < 2;
    if (this.curve.held_out.values.length > 1) drawCurve(find('held-out'), Array.from(this.curve.held_out_at.values), Array.from(this.curve.held_out.values), { logarithmic: true });
    const at = Array.from(this.curve.at.values);
    for (const [id, name, options] of [['loss', 'loss', { smooth: 0.05, logarithmic: true }], ['gradient', 'gradient', { smooth: 0.05, logarithmic: true }], ['rate', 'rate', {}]])
      drawCurve(find(id), at, Array.from(this.curve[name].values), options);
  }

  // Adds a panel with a title and one sentence of what it shows, and returns its box.
  panel(id, title, says) {
    const box = element('section', undefined, 'panel');
    box.id = id;
    box.append(element('h2', title), element('p', says, 'says'));
    find('panels').append(box);
    return box;
  }

  showPanels() {
    this.view.showPanels();
    showEvaluation(this);
    const tape = this.panel('tape', 'The tape of one training step', `Every value that the training step after step ${(this.recording.first('tape').head.step).toLocaleString('en')} computes, from the batch to the loss, and how much the loss changes with it; click a line to see its numbers.`);
    if (this.recording.first('tape').head.random_rows) tape.append(element('p', 'Random rows stand in for the data, which is missing.', 'caption'));
    const inner = element('div');
    tape.append(inner);
    this.guard(() => showTape(inner, this));
    showSettings(this);
    showCommands(this);
    showWeights(this);
    showEnvironment(this);
  }

  setTime(t, fromSlider) {
    this.t = t;
    if (!fromSlider) find('t').value = t;
    find('t-words').textContent = `t = ${t.toFixed(2)}`;
    this.view.setTime(t);
  }

  redraw() {
    this.drawCurves();
    for (const draw of this.drawers) draw();
    this.view.redraw();
  }
}

const recordedEvery = (every) => (every > 1 ? `Every ${every}th of the logged steps is shown.` : '');

function showEvaluation(report) {
  const { evaluation, folder } = report.run;
  const box = report.panel('evaluation', 'Numbers', evaluation ? 'What pushforward eval measured: how far the samples are from the data, and how likely the flow finds the data.' : 'Distances to the data and likelihoods are measured by pushforward eval, which this run has not seen yet.');
  if (!evaluation) {
    box.append(element('pre', `pushforward eval ${folder}`));
    return;
  }
  if (report.run.evaluated_earlier) box.append(element('p', `The run was trained further since then: type pushforward eval ${folder} to measure it again.`, 'caption'));
  box.append(tableOf(evaluation.map(({ name, value, remark }) => [name, value, remark]), ['measure', 'value', 'what it is'], 'measures'));
}

const asText = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

function showSettings(report) {
  const { settings, config } = report.run;
  const other = settings.filter(({ differs }) => differs).length;
  const box = report.panel('config', 'Config', `Everything that defines the run: ${other} of ${settings.length} settings differ from the defaults and are marked.`);
  const list = element('div', undefined, 'settings');
  const show = (all) => {
    const rows = settings.filter(({ differs }) => all || differs);
    const table = tableOf(rows.map(({ path, value, fallback, words, doc }) => [path, asText(value), fallback === null ? words || 'must be given' : asText(fallback), doc]), ['key', 'value', 'default', 'what it is']);
    [...table.tBodies[0].rows].forEach((row, k) => { row.className = rows[k].differs ? 'differs' : ''; row.cells[1].title = asText(rows[k].value); });
    list.replaceChildren(table);
  };
  const row = element('div', undefined, 'row');
  const toggle = button('Show all settings', () => {
    const all = toggle.textContent === 'Show all settings';
    toggle.textContent = all ? 'Show only what differs' : 'Show all settings';
    show(all);
  });
  row.append(toggle, saveButton('Save config.json', 'config.json', config));
  show(false);
  box.append(row, list);
}

// Returns a button that saves a text or bytes as a file.
function saveButton(title, name, content) {
  return button(title, () => {
    const link = element('a');
    link.href = URL.createObjectURL(new Blob([content], { type: name.endsWith('.json') ? 'application/json' : 'application/octet-stream' }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  });
}

function showCommands(report) {
  const box = report.panel('commands', 'How to make it again', 'Commands that reproduce this run and this page, to type where the run\'s folder is.');
  for (const { does, command } of report.run.commands) {
    const line = element('div', undefined, 'command');
    const copy = button('Copy', async () => {
      await navigator.clipboard.writeText(command);
      copy.textContent = 'Copied';
    });
    line.append(element('pre', command), copy);
    box.append(element('div', does, 'caption-line'), line);
  }
}

// The weights of the run, with which the live page trains on.
function showWeights(report) {
  const weights = report.recording.first('weights');
  const box = report.panel('weights', 'Train on from here', weights ? 'This file holds the weights of the run: open it in the live page, pushforward.html, by its button Open or by dropping it there, and the training goes on from them.' : `The live page cannot train this run on: ${report.why('weights')}.`);
  if (!weights) return;
  const row = element('div', undefined, 'row');
  const bytes = Uint8Array.from(atob(weights.head.model), (c) => c.charCodeAt(0));
  row.append(saveButton('Save model.safetensors', 'model.safetensors', bytes), element('span', `${bytes.length.toLocaleString('en')} bytes, after step ${Number(weights.head.step || 0).toLocaleString('en')}. scripts/page of the project makes pushforward.html.`, 'caption'));
  box.append(row);
}

// Lists an object's values by their paths.
function flattened(value, path, rows) {
  if (value !== null && typeof value === 'object' && !Array.isArray(value))
    for (const [key, inner] of Object.entries(value)) flattened(inner, path ? `${path}/${key}` : key, rows);
  else
    rows.push([path, Array.isArray(value) ? value.map(asText).join(' ') : asText(value)]);
  return rows;
}

function showEnvironment(report) {
  const { environment } = report.run;
  const box = report.panel('environment', 'Environment', environment ? 'The program and the machine that trained the run, since numbers can differ in the last digits between machines.' : 'The run has no env.json, so the machine that trained it is unknown.');
  if (!environment) return;
  const list = element('div', undefined, 'settings');
  list.append(tableOf(flattened(environment, '', []), ['what', 'value']));
  box.append(list);
}

// Returns what shows the flow of this kind of run.
function makeView(report) {
  const { subject } = report.run;
  if (subject === 'images') return new ImageView(report);
  if (subject === 'text') return new TextView(report);
  if (subject === 'pairs') return new PairView(report);
  if (report.recording.first('table')) return new TableView(report);
  const { dim } = report.opened.head;
  return dim === 1 ? new LineView(report) : dim === 2 ? new PlaneView(report) : new WideView(report);
}

function connectReport(report) {
  for (const place of document.querySelectorAll('[data-help-for]')) place.replaceWith(helpButton(place.dataset.helpFor));
  find('dark').onclick = () => {
    document.documentElement.classList.toggle('dark', !isDark());
    report.redraw();
  };
  find('t').oninput = () => { report.playing = false; find('play').textContent = '▶'; report.setTime(Number(find('t').value), true); };
  const play = () => {
    report.playing = !report.playing;
    if (report.playing && report.t >= 1) report.setTime(0);
    find('play').textContent = report.playing ? '❚❚' : '▶';
  };
  find('play').onclick = play;
  document.addEventListener('keydown', (event) => {
    if (/INPUT|SELECT|TEXTAREA/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === 'p') play();
    else if (key === 'escape') { closeHelp(); if (report.view.pressed) report.view.pressed(key); }
    else if (report.view.pressed && report.view.pressed(key)) return;
    else if (key === 'arrowleft' || key === 'arrowright') report.setTime(Math.min(1, Math.max(0, report.t + (key === 'arrowleft' ? -0.02 : 0.02))));
  });
  window.addEventListener('resize', () => report.redraw());
  let before = performance.now();
  const frame = (now) => {
    if (report.playing) {
      const t = report.t + (Number(find('speed').value) * Math.min(now - before, 100)) / 1000;
      report.setTime(Math.min(t, 1));
      if (t >= 1) { report.playing = false; find('play').textContent = '▶'; }
    }
    before = now;
    report.view.draw();
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function openReport() {
  if (matchMedia('(prefers-color-scheme: dark)').matches) document.documentElement.classList.add('dark');
  const report = new Report(new Recording(find('recording').textContent));
  window.report = report;
  report.start();
  connectReport(report);
  report.redraw();
  document.documentElement.dataset.ready = 'yes';
}

try {
  openReport();
} catch (error) {
  find('words').hidden = false;
  find('words').textContent = `This report cannot be shown: ${error.message}`;
}
