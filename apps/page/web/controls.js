// The controls: what is trained. A change starts a new training.
import { helpButton } from './help.js';
import { cssColour } from './colours.js';

const kSets = ['moons', '8gaussians', 'checkerboard', 'swissroll', 'scurve', 'circles', 'rings', 'pinwheel', '2spirals', 'mixture', 'drawn', 'file'];
const kSetNames = { '8gaussians': '8 Gaussians', scurve: 'S-curve', swissroll: 'Swiss roll', '2spirals': '2 spirals', drawn: 'draw', file: 'file' };
const kPixels = {
  moons: (u, v) => (u < 0.5 ? [Math.cos(Math.PI * v) - 0.5, Math.sin(Math.PI * v) - 0.25] : [0.5 - Math.cos(Math.PI * v), 0.25 - Math.sin(Math.PI * v)]),
  '8gaussians': (u, v, g) => { const a = (Math.PI / 4) * Math.floor(8 * u); return [1.2 * Math.cos(a) + 0.1 * g[0], 1.2 * Math.sin(a) + 0.1 * g[1]]; },
  checkerboard: (u, v) => { const x = Math.floor(u * 4); const y = 2 * Math.floor(v * 2) + (x % 2); return [x / 1.5 - 1 + ((u * 997) % 1) / 1.5 - 0.33, y / 1.5 - 1 + ((v * 991) % 1) / 1.5 - 0.33]; },
  swissroll: (u) => { const a = 1.5 * Math.PI * (1 + 2 * u); return [(a * Math.cos(a)) / 10, (a * Math.sin(a)) / 10]; },
  scurve: (u) => { const a = 3 * Math.PI * (u - 0.5); return [Math.sin(a), Math.sign(a) * (Math.cos(a) - 1) * 0.6]; },
  circles: (u, v) => { const r = v < 0.5 ? 1.3 : 0.65; return [r * Math.cos(6.283 * u), r * Math.sin(6.283 * u)]; },
  rings: (u, v) => { const r = [1.4, 1.05, 0.7, 0.35][Math.floor(v * 4)]; return [r * Math.cos(6.283 * u), r * Math.sin(6.283 * u)]; },
  pinwheel: (u, v, g) => { const k = Math.floor(5 * u), r = 0.75 + 0.25 * g[0], w = 0.08 * g[1]; const a = 1.2566 * k + 0.9 * r; return [1.1 * (r * Math.cos(a) - w * Math.sin(a)), 1.1 * (r * Math.sin(a) + w * Math.cos(a))]; },
  '2spirals': (u, v) => { const r = 3 * Math.PI * Math.sqrt(u), s = v < 0.5 ? 1 : -1; return [(s * -r * Math.cos(r)) / 7, (s * r * Math.sin(r)) / 7]; },
  mixture: (u, v, g) => [[-1.1 + 0.25 * g[0], -0.7 + 0.25 * g[1]], [1.1 + 0.2 * g[0], -0.4 + 0.2 * g[1]], [0.1 + 0.3 * g[0], 1.0 + 0.3 * g[1]]][Math.floor(3 * u)],
};

// Draws the small picture of a data set.
function drawThumb(canvas, name) {
  const size = 56;
  canvas.width = canvas.height = 2 * size;
  const context = canvas.getContext('2d');
  context.scale(2, 2);
  context.fillStyle = cssColour('data');
  let state = 7;
  const random = () => ((state = (state * 16807) % 2147483647) - 1) / 2147483646;
  for (let k = 0; k < 420; k++) {
    const u = random(), v = random();
    const radius = Math.sqrt(-2 * Math.log(random() + 1e-9)), angle = 6.2832 * random();
    const [x, y] = kPixels[name](u, v, [radius * Math.cos(angle), radius * Math.sin(angle)]);
    context.fillRect(size / 2 + x * 15 - 0.5, size / 2 - y * 15 - 0.5, 1.1, 1.1);
  }
}

const kChoices = [
  ['learns', 'Learns', [['velocity', 'velocity'], ['lagrangian', 'one-step map (Lagrangian)'], ['eulerian', 'one-step map (mean flow)']]],
  ['source', 'Source', [['gaussian', 'Gaussian'], ['uniform', 'uniform']]],
  ['path', 'Path', [['cond_ot', 'straight lines'], ['cosine', 'cosine'], ['polynomial', 'polynomial'], ['linear_vp', 'variance-preserving line'], ['vp', 'diffusion (VP)']]],
  ['coupling', 'Coupling', [['independent', 'independent'], ['ot', 'optimal transport'], ['sinkhorn', 'entropic transport']]],
  ['prediction', 'Prediction', [['velocity', 'velocity'], ['data', 'data'], ['noise', 'noise']]],
  ['time', 'Times of training', [['logit_normal', 'logit-normal'], ['uniform', 'uniform']]],
  ['layers', 'Layers', [1, 2, 3, 4, 5].map((n) => [n, String(n)])],
  ['width', 'Width', [16, 32, 64, 96, 128].map((n) => [n, String(n)])],
  ['lr', 'Step size', [0.0003, 0.001, 0.003, 0.01, 0.03, 1].map((n) => [n, String(n)])],
  ['batch', 'Batch', [64, 128, 256, 512].map((n) => [n, String(n)])],
  ['steps', 'Steps', [1000, 2000, 5000, 10000, 20000].map((n) => [n, n.toLocaleString('en')])],
];

function makeChoice(key, title, options, state, changed) {
  const box = document.createElement('div');
  box.className = 'control';
  const label = document.createElement('label');
  label.htmlFor = `c-${key}`;
  label.append(title, helpButton(key));
  const select = document.createElement('select');
  select.id = `c-${key}`;
  const all = options.some(([value]) => value === state[key]) ? options : [...options, [state[key], String(state[key])]];
  for (const [value, name] of all) {
    const option = document.createElement('option');
    option.value = String(value);
    option.textContent = name;
    select.append(option);
  }
  select.value = String(state[key]);
  select.onchange = () => changed(key, typeof state[key] === 'number' ? Number(select.value) : select.value);
  box.append(label, select);
  return box;
}

// Fills the section of controls. `changed(key, value)` is called when the user changes a choice.
function buildControls(section, state, changed) {
  section.replaceChildren();
  const name = document.createElement('div');
  name.className = 'control';
  const title = document.createElement('span');
  title.className = 'name';
  title.append('Data', helpButton('data'));
  const sets = document.createElement('div');
  sets.className = 'sets';
  sets.setAttribute('role', 'group');
  sets.setAttribute('aria-label', 'Data set');
  for (const set of kSets) {
    const button = document.createElement('button');
    button.type = 'button';
    button.dataset.set = set;
    button.title = kSetNames[set] || set;
    button.setAttribute('aria-label', kSetNames[set] || set);
    button.setAttribute('aria-pressed', String(state.data === set));
    if (kPixels[set]) {
      const canvas = document.createElement('canvas');
      button.append(canvas);
      drawThumb(canvas, set);
    } else {
      button.textContent = kSetNames[set];
    }
    button.onclick = () => changed('data', set);
    sets.append(button);
  }
  name.append(title, sets);
  section.append(name);
  const pair = () => { const box = document.createElement('div'); box.className = 'pair'; section.append(box); return box; };
  const make = (key) => { const [, title2, options] = kChoices.find(([k]) => k === key); return makeChoice(key, title2, options, state, changed); };
  for (const key of ['learns', 'source', 'path', 'coupling', 'prediction', 'time']) section.append(make(key));
  pair().append(make('layers'), make('width'));
  pair().append(make('lr'), make('batch'));
  const last = pair();
  last.append(make('steps'));
  const seed = document.createElement('div');
  seed.className = 'control';
  const label = document.createElement('label');
  label.htmlFor = 'c-seed';
  label.append('Seed', helpButton('seed'));
  const input = document.createElement('input');
  Object.assign(input, { id: 'c-seed', type: 'number', min: 0, step: 1, value: state.seed });
  input.onchange = () => changed('seed', Math.max(0, Math.floor(Number(input.value) || 0)));
  seed.append(label, input);
  last.append(seed);
}

// Returns the words that each choice with words can have, by its key.
const wordsOfChoices = () => ({ data: kSets, ...Object.fromEntries(kChoices.filter(([, , options]) => typeof options[0][0] === 'string').map(([key, , options]) => [key, options.map(([value]) => value)])) });

export { buildControls, wordsOfChoices };
