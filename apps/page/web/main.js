// The page: it holds the choices, asks the engine, and draws what it answers.
import { EngineLink } from './link.js';
import { Stage } from './stage.js';
import { drawCurve, shortNumber } from './curves.js';
import { buildControls, wordsOfChoices } from './controls.js';
import { readAddress, writeAddress, makeConfig, kDefaults, kOwnFolder } from './state.js';
import { openFiles, openTable, kRunFolder } from './open.js';
import { startDrawing, sprinkle, stopDrawing, finishDrawing } from './drawing.js';
import { kSolvers, showAbout, showSolvers, showFiles } from './panels.js';
import { showTape } from './tape.js';
import { showProgram } from './program.js';
import { showTokens } from './tokens.js';
import { findPosterior, wordsWithoutPosterior, wordsOfPosterior } from './posterior.js';
import { drawStepSizes, wordsOfSolver } from './solver_layers.js';
import { wordsOfJumps } from './jump_layers.js';
import { askGrids, comparedWords, fieldDifference, densityDifference } from './grids.js';
import { Views, kBeside } from './views.js';
import { helpButton } from './help.js';
import { element } from './elements.js';

const $ = (id) => document.getElementById(id);
const kLayers = [['data', 'Data'], ['flow', 'Flow'], ['trails', 'Trails'], ['field', 'Field'], ['streams', 'Streamlines'], ['density', 'Density'], ['pairs', 'Pairs'], ['exact', 'Exact'], ['difference', 'Difference'],
  ['error', 'Solver error'], ['steps', 'Solver steps'], ['jumps', 'One step']];
const kFlat = ['field', 'streams', 'density', 'pairs', 'difference', 'error', 'steps'];  // layers of points in the plane only
const kExact = ['exact', 'difference'];
const kJumps = ['jumps', 'jumped'];  // of a flow map only
const kParticles = 5000, kWhileTraining = 1500, kTimes = 33, kCompared = 1000, kWatched = 24, kJumped = 500, kJumpedWhileTraining = 60;
const kGrown = 50;  // a loss that many times the first one means that the step size is too large

class Page {
  constructor() {
    this.link = new EngineLink();
    this.stage = new Stage($('stage'));
    this.takeAddress();
    this.views = new Views(this, $('stage-beside'));
    this.clearCurve();
    this.before = 0;      // steps of the run whose weights the user opened
    this.training = this.playing = this.busy = this.ready = false;
    this.opened = 0;      // grows when another training is opened; answers about an earlier one are dropped
    this.step = 0;
    this.spent = this.made = 0;  // seconds of training and steps made in them
    this.configText = null;  // a config that the user opened, in place of the choices
    this.given = null;       // the files and the weights that belong to it (open.js)
    this.awaited = null;     // a run that waits for its data
    this.own = null;         // the user's own table: {name, bytes}
  }

  // Takes the choices of the address, and keeps what is wrong with it until it can be said.
  takeAddress() {
    const choices = { ...wordsOfChoices(), solver: kSolvers.map(([key]) => key), show: kLayers.map(([key]) => key), beside: kBeside.map(([key]) => key) };
    const { state, wrong } = readAddress(location.hash, choices);
    this.state = state;
    this.wrong = wrong;
    const shown = state.show.split(',');
    for (const [key] of kLayers) this.stage.layers[key] = shown.includes(key);
  }

  // Follows an address that the user has typed, or gone back to: a new training if its choices are others, else another view.
  async followAddress() {
    const before = this.configText || this.stage.drawn ? '' : JSON.stringify(makeConfig(this.state, ''));
    this.takeAddress();
    this.setTime(this.state.t);
    if (JSON.stringify(makeConfig(this.state, '')) !== before) return this.openChoices();
    this.say(this.wrong.splice(0).join('\n'));
    this.keep();
    this.showLayers();
    if (!this.training) await this.refresh(true);
  }

  ask(question, files, read) { return this.link.ask(question, files, read); }

  say(words) {
    $('words').hidden = !words;
    $('words').textContent = words || '';
  }

  // Runs an action and shows why it failed, if it does.
  async guard(act) {
    try {
      await act();
    } catch (error) {
      this.setTraining(false);
      const lost = error.message.startsWith('[integrate]') && this.step > 0;
      this.say(this.diverged || (lost ? `The flow of these weights cannot be followed: the training diverges. Choose a smaller step size.\n${error.message}` : error.message));
    }
  }

  keep() {
    this.state.show = kLayers.map(([k]) => k).filter((k) => this.stage.layers[k]).join(',');
    this.state.t = Number(this.stage.t.toFixed(3));
    writeAddress(this.state);
  }

  clearCurve() { this.curve = { at: [], loss: [], gradient: [], rate: [] }; }

  // Returns the config with every setting, as a run's config.json has it. It names files as the user does, and the run whose
  // weights the page has opened.
  exportedConfig() {
    const names = new Map(this.given ? this.given.places : this.own ? [[`${kOwnFolder}/${this.own.name}`, this.own.name]] : []);
    if (this.given && this.given.model) names.set(kRunFolder, this.fromFolder());
    return `${JSON.stringify(this.about.config, (key, value) => (names.has(value) ? names.get(value) : value), 2)}\n`;
  }

  // Returns the folder of the run whose weights are the first ones of this training, as far as the page knows it.
  fromFolder() { return this.given.folder || `${this.about.config.output.dir}/${this.about.config.name}`; }

  remarks() { return this.about.remarks.join('\n'); }

  // Opens a new training of the present choices.
  async open() {
    this.setTraining(false);
    const mine = ++this.opened;
    const { given, own } = this;
    if ((this.state.data === 'drawn' || this.state.data === 'file') && !own && !this.configText) this.state.data = 'moons';
    const files = given ? given.files : own ? [{ path: `${kOwnFolder}/${own.name}`, bytes: own.bytes }] : [];
    const config = this.configText || JSON.stringify(makeConfig(this.state, own && files[0].path, own && own.columns));
    const message = await this.ask({ ask: 'open', name: 'config', ...(given && given.about), config, folder: '/page' }, files);
    if (mine !== this.opened) return;
    this.about = message.head;
    this.rebuild();
    this.clearCurve();
    if (given && given.curve) for (const key of Object.keys(this.curve)) this.curve[key] = [...given.curve[key]];
    this.before = given && given.model ? given.step : 0;
    this.step = this.spent = this.made = 0;
    this.diverged = '';
    this.likelihood = null;
    Object.assign(this.stage, { data: message.arrays.points, flow: null, exactFlow: null, field: null, density: null, pairs: null, solver: null, jumps: null, chosen: null, drawn: null });
    this.path = null;
    this.stage.fit(message.arrays.points);
    this.views.whole = null;
    this.say([...this.wrong.splice(0), this.remarks()].filter(Boolean).join('\n'));
    this.keep();
    this.showLayers();
    this.showNumbers();
    await this.refresh(false);  // few points, so that there is a picture soon
    await this.refresh(true);
    this.showTab(this.tab || 'about');
  }

  // Stops an engine that takes too long, and opens the usual training in a new one.
  async stopEngine() {
    this.setTraining(false);
    this.opened++;
    this.configText = this.given = this.awaited = this.own = null;
    this.state = { ...kDefaults, show: this.state.show };
    await this.link.stop();
    await this.openChoices();
    this.say('The engine was stopped. Its training is lost, and the usual one is open.');
  }

  changed(key, value) {
    if (key === 'data' && value === 'drawn') return this.startDrawing();
    if (key === 'data' && value === 'file') return $('open-file').click();
    this.state[key] = value;
    return this.guard(() => this.openChoices());
  }

  rebuild() {
    const { activeElement } = document, { id, dataset: { set } } = activeElement, inside = $('controls').contains(activeElement);
    buildControls($('controls'), this.state, (key, value) => this.changed(key, value));
    $('controls').classList.toggle('left', Boolean(this.configText));
    const again = inside && (id ? $(id) : set && $('controls').querySelector(`[data-set="${set}"]`));
    if (again) again.focus();  // so that the keyboard goes on where it was
    if (this.configText) $('controls').prepend(element('p', `${(this.given && this.given.what) || 'An opened config'} is trained. To change a choice below leaves it.`, 'caption'));
  }

  setTraining(on) {
    this.training = on;
    $('train').textContent = on ? 'Pause' : 'Train';
    if (on && !this.busy) this.guard(() => this.loop());
  }

  // Trains in short turns, so that the picture and the curves stay alive.
  async loop() {
    this.busy = true;
    let turn = 4, shown = performance.now();
    try {
      while (this.training) {
        const mine = this.opened, start = performance.now();
        const done = await this.trainSteps(turn);
        if (mine !== this.opened) continue;
        const seconds = (performance.now() - start) / 1000;
        turn = Math.max(1, Math.min(500, Math.round((turn * 0.12) / Math.max(seconds, 0.01))));
        if (done) this.setTraining(false);
        if (!done && performance.now() - shown > 900) {
          await this.refresh(false);
          shown = performance.now();
        }
      }
      if (!this.diverged) await this.refresh(true);
    } finally {
      this.busy = false;
    }
    if (this.training) this.guard(() => this.loop());  // the user has pressed Train meanwhile
  }

  // Takes training steps. Returns whether the training has ended.
  async trainSteps(steps) {
    const mine = this.opened, start = performance.now();
    const { head, arrays } = await this.ask({ ask: 'train', steps });
    if (mine !== this.opened) return true;
    this.spent += (performance.now() - start) / 1000;
    this.made += arrays.at.values.length;
    for (const key of Object.keys(this.curve)) for (const v of arrays[key].values) this.curve[key].push(key === 'at' ? v + this.before : v);
    this.step = head.step;
    this.showNumbers();
    this.diverged = head.diverged;
    const { loss } = this.curve, last = loss[loss.length - 1];
    if (head.diverged) this.say(head.diverged);
    else if (loss.length > 50 && last > kGrown * loss[0]) this.say(`The loss has grown from ${shortNumber(loss[0])} to ${shortNumber(last)}: the step size is too large. Choose a smaller one.`);
    if (head.diverged) return true;
    return head.finished;
  }

  flowQuestion(n, times) {
    const question = { ask: 'flow', n, times, seed: 1, solver: this.state.solver };
    if (this.state.solver !== 'dopri5') question.steps = this.state.solverSteps;
    return question;
  }

  // Asks for everything that the picture shows. `whole`: all particles, not the few shown while training.
  async refresh(whole) {
    const mine = this.opened;
    const question = this.flowQuestion(whole ? kParticles : kWhileTraining, kTimes);
    if (!whole) Object.assign(question, { solver: 'heun', steps: 12, times: 13 });
    const flow = await this.ask(question);
    if (mine !== this.opened) return;
    this.stage.flow = { times: flow.arrays.times, points: flow.arrays.points };
    const wanted = this.views.wanted();
    if (wanted.exact && !this.about.no_exact && !this.stage.exactFlow) {
      const exact = await this.ask({ ...this.flowQuestion(1500, kTimes), exact: true });
      if (mine === this.opened) this.stage.exactFlow = { times: exact.arrays.times, points: exact.arrays.points };
    }
    if (wanted.pairs && !this.stage.pairs) await this.askPairs();
    this.stage.solver = null;
    if (whole && wanted.solver) await this.askSolver();
    if (wanted.jumps && this.about.map) await this.askJumps(whole);
    await this.askGrids();
    this.stage.dirty = true;
    if (whole && this.about.dim === 2) await this.askLikelihood(mine);
  }

  async askPairs() {
    const { head, arrays } = await this.ask({ ask: 'pairs', n: 128 });
    this.stage.pairs = arrays;
    this.crossings = head.crossings;
    this.caption();
  }

  // Asks what the solver does with the first points of the flow (apps/page/solver_trace.h).
  async askSolver() {
    const mine = this.opened, { times, ...question } = this.flowQuestion(kCompared, 2);
    const message = await this.ask({ ...question, ask: 'solver', rows: kWatched });
    if (mine === this.opened) this.stage.solver = message;
    return message;
  }

  // Asks where jumps of the flow map take the first points of the flow (apps/page/jump_trace.h).
  async askJumps(whole) {
    const mine = this.opened, question = { ask: 'jumps', n: whole ? kJumped : kJumpedWhileTraining, jumps: this.state.jumps, seed: 1, compare: whole };
    if (!whole) Object.assign(question, { solver: 'heun', steps: 12 });
    const message = await this.ask(question);
    if (mine !== this.opened) return;
    this.stage.jumps = message;
    this.stage.dirty = true;
    this.caption();
    const words = $('jump-words');
    if (words) words.textContent = wordsOfJumps(message);
  }

  askGrids() { return askGrids(this); }

  async askLikelihood(mine) {
    const question = { ask: 'likelihood', n: 512, solver: 'rk4', steps: 12 };
    const { head } = await this.ask(question);
    if (mine !== this.opened) return;
    this.likelihood = head;
    this.showNumbers();
  }

  showNumbers() {
    const last = (list) => (list.length ? list[list.length - 1] : NaN);
    const recent = this.curve.loss.slice(-100);
    const mean = recent.length ? recent.reduce((a, b) => a + b, 0) / recent.length : NaN;
    const steps = this.step.toLocaleString('en');
    const rows = [['step', this.before ? `${this.before.toLocaleString('en')} + ${steps}` : steps], ['steps a second', this.spent > 0 ? Math.round(this.made / this.spent).toLocaleString('en') : '–'],
      ['loss (mean of 100)', shortNumber(mean)], ['learning rate', shortNumber(last(this.curve.rate))],
      ['−ln p of data', this.likelihood ? shortNumber(this.likelihood.nll) : '–']];
    if (this.likelihood && this.likelihood.excess !== undefined) rows.push(['above the entropy', shortNumber(this.likelihood.excess)]);
    else if (this.about) rows.push(['weights', this.about.weights.toLocaleString('en')]);
    $('figures').replaceChildren(...rows.map(([name, value]) => {
      const box = document.createElement('div');
      const dt = document.createElement('dt'), dd = document.createElement('dd');
      dt.textContent = name;
      dd.textContent = value;
      dd.dataset.figure = name;
      box.append(dt, dd);
      return box;
    }));
    drawCurve($('loss'), this.curve.at, this.curve.loss, { smooth: 0.05, logarithmic: true });
    drawCurve($('gradient'), this.curve.at, this.curve.gradient, { smooth: 0.05, logarithmic: true });
    drawCurve($('rate'), this.curve.at, this.curve.rate);
  }

  showLayers() {
    const { layers } = this.stage;
    this.views.apply();  // first, since it takes away a second picture that this training lacks
    $('layers').replaceChildren(...kLayers.map(([key, name]) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.append(document.createElement('i'), name);
      button.dataset.layer = key;
      button.setAttribute('aria-pressed', String(Boolean(layers[key])));
      button.disabled = this.lacks(key);
      if (button.disabled && kExact.includes(key)) button.title = this.about.no_exact;
      if (button.disabled && kJumps.includes(key)) button.title = 'Only a one-step map jumps: choose one in “Learns”, or make one of this flow in the tab Solvers.';
      button.onclick = () => {
        this.toggleLayer(key);
        $('layers').querySelector(`[data-layer=${key}]`).focus();
      };
      return button;
    }), helpButton('shown'), this.views.control());
    this.caption();
  }

  // Returns whether this training has nothing to show for a layer.
  lacks(key) {
    const { about } = this;
    return Boolean(about && ((about.no_exact && kExact.includes(key)) || (about.dim !== 2 && kFlat.includes(key)) || (!about.map && kJumps.includes(key))));
  }

  toggleLayer(key) {
    const { layers } = this.stage;
    layers[key] = !layers[key];
    if (key === 'difference' && layers[key] && !layers.field && !layers.streams && !layers.density) layers.field = layers.density = true;
    this.keep();
    this.showLayers();
    if (!this.training) this.guard(() => this.refresh(true));
  }

  caption() {
    const { layers, chosen } = this.stage;
    const words = [];
    if (this.stage.drawn) words.push('Draw your data with the pointer, then press Train. Escape leaves the drawing.');
    else if (chosen) words.push(wordsOfPosterior(chosen));
    else words.push('Click the picture to see where a point can be going.');
    if (layers.pairs && this.crossings !== undefined) words.push(`128 pairs of a batch; their lines cross ${this.crossings.toLocaleString('en')} times.`);
    if (this.stage.solver && this.stage.flow) words.push(wordsOfSolver(this.stage.solver, this.stage.flow));
    if (this.stage.jumps && this.views.wanted().jumps) words.push(wordsOfJumps(this.stage.jumps));
    const known = Boolean(this.about && !this.about.no_exact);
    words.push(...comparedWords(this.stage, this.views.wanted(), known, known && this.about.config.data.type !== 'mixture'));
    $('caption').textContent = words.join(' ');
  }

  // Returns how far the learned field and density are from the exact ones, or null where one of them is not known.
  differences() {
    const field = fieldDifference(this.stage.field), density = densityDifference(this.stage.density);
    return { field: field && field.away, density: density && density.away };
  }

  setTime(t, fromSlider) {
    this.stage.t = t;
    this.stage.dirty = true;
    if (!fromSlider) $('t').value = t;
    $('t-words').textContent = `t = ${t.toFixed(2)}`;
    this.askGridsSoon();
  }

  // Asks for the grids at the present time, and again if the time has moved on meanwhile.
  askGridsSoon() {
    const { field, density } = this.views.wanted();
    if (!(field || density) || this.asking || this.training || !this.about) return;
    this.asking = true;
    const { t } = this.stage;
    this.guard(() => this.askGrids()).then(() => {
      this.asking = false;
      if (this.stage.t !== t) this.askGridsSoon();
    });
  }

  async choose(event) {
    if (this.stage.drawn || !this.about || this.about.dim !== 2) return;
    const canvas = event.currentTarget, box = canvas.getBoundingClientRect();
    const x = (canvas.id === 'stage' ? this.stage : this.views.second).toData(event.clientX - box.left, event.clientY - box.top);
    const mine = this.opened;
    if (!this.path) this.path = await this.ask({ ask: 'path' });
    if (mine !== this.opened) return;
    if (this.path.head.unknown) throw new Error(`${wordsWithoutPosterior(this.path.head.unknown)} Choose the Gaussian source and a path without noise.`);
    this.stage.chosen = findPosterior(this.path, this.stage.data, x, this.stage.t);
    this.stage.dirty = true;
    this.caption();
  }

  startDrawing() { startDrawing(this); }
  sprinkle(event) { sprinkle(this, event); }
  stopDrawing() { return stopDrawing(this); }
  finishDrawing() { return finishDrawing(this); }

  // Opens a table of text as data.
  openCsv(text, kind) { return openTable(this, new TextEncoder().encode(text), 'data.csv', kind); }

  // Opens a training of the choices, in place of a config that the user gave.
  openChoices() {
    this.configText = this.given = this.awaited = null;
    this.rebuild();
    return this.open();
  }

  // Opens a config that the user gave, with its files (open.js). If it cannot be opened, the earlier training stays.
  async openGiven(given) {
    const before = [this.configText, this.given];
    this.configText = given.config;
    this.given = given;
    try {
      await this.open();
    } catch (error) {
      [this.configText, this.given] = before;
      throw error;
    }
  }

  openFiles(files) { return openFiles(this, [...files]); }

  // Draws the curves of the open panel again, after a change of colours or of the page's width.
  redrawPanel() {
    if (this.tab === 'program' && this.programView) this.programView.run();
    if (this.tab === 'solvers' && this.solverPanel) drawStepSizes(this.solverPanel.canvas, this.solverPanel.solver);
  }

  showTab(name) {
    this.tab = name;
    for (const tab of $('tabs').children) tab.setAttribute('aria-selected', String(tab.dataset.tab === name));
    const panel = $('panel');
    if (!this.about) return;
    if (name === 'tape') this.guard(() => showTape(panel, this));
    else if (name === 'program') showProgram(panel, this);
    else if (name === 'tokens') this.guard(() => showTokens(panel, this));
    else if (name === 'solvers') showSolvers(panel, this);
    else if (name === 'files') showFiles(panel, this);
    else showAbout(panel);
  }
}

export { Page };
