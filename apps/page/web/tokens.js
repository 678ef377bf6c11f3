// Tokens: sequences that are filled in from masks, or rewritten from random tokens, by a discrete flow that trains here.
import { shortNumber } from './curves.js';
import { element, button } from './elements.js';
import { choiceOf } from './widgets.js';
import { EngineLink } from './link.js';
import { helpButton } from './help.js';

const kWords = 'ant ape asp bat bear bee boar bug calf carp cat clam cod colt cow crab crow cub deer dodo doe dog dove duck eel elk emu ewe fawn flea fly foal fox frog gnat goat gull hare hawk hen hog horse ibis jay kid kite koi lamb lark lion lynx mole moth mouse mule newt otter owl ox panda pig pony pug puma ram rat raven robin seal sheep shrew skunk sloth slug snail snake squid stag stork swan tapir tern tiger toad trout tuna viper vole wasp whale wolf worm wren yak zebra'.split(' ').filter((w) => w.length >= 3 && w.length <= 5);
const kFillSteps = 32, kSequencesShown = 24, kBars = 5;

// Returns all pictures of side x side in which whole rows or whole columns are filled: bars and stripes.
function barsAndStripes(side) {
  const all = new Set();
  for (let code = 0; code < 1 << side; code++)
    for (const rows of [true, false]) {
      const cells = Array.from({ length: side * side }, (_, k) => (code >> (rows ? Math.floor(k / side) : k % side)) & 1);
      all.add(cells.join(''));
    }
  return [...all].map((text) => [...text].map(Number));
}

// Returns the bytes of an NPY file with rows of small whole numbers.
function npyOfRows(rows) {
  let header = `{'descr': '|u1', 'fortran_order': False, 'shape': (${rows.length}, ${rows[0].length}), }`;
  while ((10 + header.length + 1) % 64 !== 0) header += ' ';
  header += '\n';
  const bytes = [0x93, ...[...'NUMPY'].map((c) => c.charCodeAt(0)), 1, 0, header.length & 255, header.length >> 8, ...[...header].map((c) => c.charCodeAt(0))];
  for (const row of rows) bytes.push(...row);
  return Uint8Array.from(bytes);
}

const kTokenSets = {
  words: { name: 'names of animals', side: 0, file: () => ({ path: '/page/words.txt', bytes: new TextEncoder().encode(`${kWords.join('\n')}\n`) }), data: { type: 'words', path: '/page/words.txt', shortest: 3, longest: 5, held_out: 0 } },
  stripes: { name: 'bars and stripes, 4 × 4', side: 4, file: () => ({ path: '/page/stripes.npy', bytes: npyOfRows(barsAndStripes(4)) }), data: { type: 'tokens', path: '/page/stripes.npy', vocabulary: 2, held_out: 0 } },
};

function tokenConfig(set, source, seed) {
  return {
    version: 1, name: 'tokens', seed, precision: 'float32', data: kTokenSets[set].data, source: { type: source },
    model: { type: 'token_mlp', embed: 16, hidden: [96, 96] }, optimizer: { type: 'adamw', lr: 0.004 },
    schedule: { type: 'cosine', warmup: 50 }, ema: { decay: 0 }, train: { steps: 3000, batch: 128, clip_norm: 1 },
    sampler: { type: 'ctmc_kernel', steps: kFillSteps },
  };
}

class TokensView {
  constructor(page) {
    Object.assign(this, { page, link: new EngineLink(), set: 'words', source: 'mask', exact: false, at: kFillSteps, chosen: 0, training: false, playing: false, opened: 0, step: 0, losses: [] });
    this.root = element('div');
    const controls = element('div', undefined, 'row'), time = element('div', undefined, 'time');
    this.train = button('Train', () => this.setTraining(!this.training));
    this.train.className = 'primary';
    this.train.id = 'tokens-train';
    controls.append(
      choiceOf('Sequences', Object.entries(kTokenSets).map(([key, { name }]) => [key, name]), this.set, (key) => { this.set = key; this.open(); }),
      choiceOf('Source', [['mask', 'from masks'], ['uniform_tokens', 'from random tokens']], this.source, (key) => { this.source = key; this.open(); }),
      choiceOf('Posterior', [['learned', 'learned posterior'], ['exact', 'exact posterior']], 'learned', (key) => { this.exact = key === 'exact'; this.act(() => this.fill()); }),
      helpButton('tokens'), this.train, button('Restart', () => this.open()));
    this.words = element('p', '', 'caption');
    this.words.id = 'tokens-words';
    this.words.setAttribute('aria-live', 'polite');
    this.slider = element('input');
    Object.assign(this.slider, { type: 'range', min: 0, max: kFillSteps, step: 1, value: kFillSteps, id: 'tokens-time' });
    this.slider.setAttribute('aria-label', 'Time of the chain');
    this.slider.oninput = () => { this.playing = false; this.setAt(Number(this.slider.value)); };
    this.clock = element('output', 't = 1.00');
    time.append(button('▶', () => this.play()), this.slider, this.clock);
    time.firstChild.setAttribute('aria-label', 'Play the chain');
    this.grid = element('div', undefined, 'sequences');
    this.bars = element('div', undefined, 'places');
    this.bars.id = 'tokens-bars';
    this.legend = element('p', '', 'caption');
    const two = element('div', undefined, 'two'), right = element('div');
    right.append(this.legend, this.bars);
    two.append(this.grid, right);
    this.root.append(element('p', 'A discrete flow fills sequences in. Each place jumps at random times to a token drawn from the posterior p(x₁ | xₜ), which a network learns from the data. Click a sequence to see the posterior of each place.'), controls, this.words, time, two);
  }

  act(what) {
    return this.page.guard(async () => {
      try {
        await what();
      } catch (error) {
        this.setTraining(false);
        throw error;
      }
    });
  }

  ask(question, files) { return this.link.ask(question, files); }

  open() {
    return this.act(async () => {
      this.setTraining(false);
      const mine = ++this.opened;
      if (!this.link.worker) await this.link.open();
      const message = await this.ask({ ask: 'open', config: JSON.stringify(tokenConfig(this.set, this.source, this.page.state.seed)), name: 'tokens', folder: '/page' }, [kTokenSets[this.set].file()]);
      if (mine !== this.opened) return;
      this.about = message.head;
      const { shape: [n, length], values } = message.arrays.rows;
      this.known = new Set(Array.from({ length: n }, (_, k) => values.subarray(k * length, (k + 1) * length).join(' ')));
      this.step = 0;
      this.losses = [];
      this.chosen = 0;
      await this.fill();
    });
  }

  setTraining(on) {
    this.training = on;
    this.train.textContent = on ? 'Pause' : 'Train';
    if (on && !this.busy) this.act(() => this.loop());
  }

  async loop() {
    this.busy = true;
    let turn = 4, shown = performance.now();
    try {
      while (this.training) {
        const mine = this.opened, start = performance.now();
        const { head, arrays } = await this.ask({ ask: 'train', steps: turn });
        if (mine !== this.opened) continue;
        this.losses.push(...arrays.loss.values);
        this.step = head.step;
        turn = Math.max(1, Math.min(200, Math.round((turn * 120) / Math.max(performance.now() - start, 5))));
        if (head.diverged) this.page.say(head.diverged);
        if (head.diverged || head.finished) this.setTraining(false);
        this.tell();
        if (performance.now() - shown > 900) {
          await this.fill();
          shown = performance.now();
        }
      }
      await this.fill();
    } finally {
      this.busy = false;
    }
  }

  // Asks for sequences at each time of the chain, by the learned or the exact posterior.
  async fill() {
    const mine = this.opened;
    const { arrays } = await this.ask({ ask: 'fill', n: kSequencesShown, steps: kFillSteps, seed: 1, exact: this.exact });
    if (mine !== this.opened) return;
    this.times = Array.from(arrays.times.values);
    this.states = arrays.states;
    await this.choose(this.chosen);
  }

  tokens(at, k) {
    const [, n, length] = this.states.shape;
    return this.states.values.subarray((at * n + k) * length, (at * n + k + 1) * length);
  }

  // Asks for the posteriors of a sequence at each time of its chain.
  async choose(k) {
    if (k !== this.chosen) {  // the bars are those of another sequence
      this.posterior = null;
      this.bars.replaceChildren();
    }
    this.chosen = k;
    const mine = this.opened, length = this.about.length;
    const states = this.times.flatMap((_, at) => Array.from(this.tokens(at, k)));
    const { arrays } = await this.ask({ ask: 'token_posterior', states, times: this.times });
    if (mine !== this.opened || this.chosen !== k || arrays.learned.shape[1] !== length) return;
    this.posterior = arrays;
    this.show();
  }

  setAt(at) {
    this.at = at;
    this.slider.value = at;
    if (this.states) this.show();
  }

  play() {
    if (this.playing) { this.playing = false; return; }
    this.playing = true;
    if (this.at >= kFillSteps) this.setAt(0);
    const next = () => {
      if (!this.playing || !this.root.isConnected) { this.playing = false; return; }
      this.setAt(this.at + 1);
      if (this.at >= kFillSteps) this.playing = false;
      else setTimeout(next, 160);
    };
    setTimeout(next, 160);
  }

  glyph(state) { return state === this.about.mask ? '·' : this.about.glyphs[state]; }

  // Returns whether place l of a sequence has another token than at the time before.
  jumped(at, k, l) { return at > 0 && this.tokens(at, k)[l] !== this.tokens(at - 1, k)[l]; }

  tell() {
    const recent = this.losses.slice(-100);
    const mean = recent.length ? recent.reduce((a, b) => a + b, 0) / recent.length : NaN;
    let good = 0;
    if (this.states) for (let k = 0; k < kSequencesShown; k++) good += this.known.has(this.tokens(kFillSteps, k).join(' '));
    this.words.textContent = `Step ${this.step.toLocaleString('en')} of ${this.about.steps.toLocaleString('en')}, loss ${shortNumber(mean)}. At t = 1, ${good} of ${kSequencesShown} sequences are among the ${this.known.size} of the data.`;
    this.good = good;
  }

  show() {
    this.tell();
    this.clock.textContent = `t = ${this.times[this.at].toFixed(2)}`;
    const { side } = kTokenSets[this.set];
    this.grid.replaceChildren(...Array.from({ length: kSequencesShown }, (_, k) => {
      const one = element('button', undefined, side ? 'sequence picture' : 'sequence');
      one.type = 'button';
      if (side) one.style.gridTemplateColumns = `repeat(${side}, 1fr)`;
      one.setAttribute('aria-pressed', String(k === this.chosen));
      one.setAttribute('aria-label', `Sequence ${k + 1}: ${Array.from(this.tokens(this.at, k), (s) => this.glyph(s)).join(side ? ' ' : '')}`);
      one.onclick = () => this.act(() => this.choose(k));
      for (let l = 0; l < this.about.length; l++) {
        const state = this.tokens(this.at, k)[l];
        const cell = element('span', side ? '' : this.glyph(state), `token ${state === this.about.mask ? 'masked' : side ? `cell-${state}` : ''}`);
        cell.classList.toggle('jumped', this.jumped(this.at, k, l));
        one.append(cell);
      }
      return one;
    }));
    if (this.posterior) this.showBars(side);
  }

  // Shows the posterior of each place of the chosen sequence as bars: the learned and the exact one.
  showBars(side) {
    const { learned, exact } = this.posterior, [, length, size] = learned.shape;
    this.bars.style.gridTemplateColumns = `repeat(${side || length}, minmax(0, 1fr))`;
    this.legend.textContent = `Sequence ${this.chosen + 1} at t = ${this.times[this.at].toFixed(2)}: p(x₁ | xₜ) of each place. Blue is learned${exact ? ', green is exact' : ''}; a frame marks a place that has just jumped.`;
    this.bars.replaceChildren(...Array.from({ length }, (_, l) => {
      const from = (this.at * length + l) * size;
      const p = learned.values.subarray(from, from + size), q = exact ? exact.values.subarray(from, from + size) : null;
      const order = Array.from(p, (_, v) => v).sort((a, b) => Math.max(p[b], q ? q[b] : 0) - Math.max(p[a], q ? q[a] : 0)).slice(0, kBars);
      if (size <= kBars) order.sort((a, b) => a - b);
      const place = element('div', undefined, 'place');
      place.classList.toggle('jumped', this.jumped(this.at, this.chosen, l));
      place.append(element('b', this.glyph(this.tokens(this.at, this.chosen)[l]) || '␣'));
      for (const v of order) {
        const row = element('div', undefined, 'bar-row');
        row.title = `${this.glyph(v) || 'end of word'}: learned ${shortNumber(p[v])}${q ? `, exact ${shortNumber(q[v])}` : ''}`;
        row.append(element('span', this.glyph(v) || '␣'));
        const both = element('span', undefined, 'both');
        const bar = (share, name) => { const b = element('i', undefined, name); b.style.width = `${Math.round(1000 * share) / 10}%`; both.append(b); };
        bar(p[v], 'learned');
        if (q) bar(q[v], 'exact');
        row.append(both);
        place.append(row);
      }
      return place;
    }));
  }
}

// Shows the tokens. Their training goes on in a worker of its own, beside that of the points.
async function showTokens(panel, page) {
  const first = !page.tokens;
  if (first) page.tokens = new TokensView(page);
  panel.replaceChildren(page.tokens.root);
  if (first) await page.tokens.open();
}

export { showTokens };
