// The choices of the page: their defaults, their place in the address, and the config that they make.

const kDefaults = {
  data: 'moons', learns: 'velocity', source: 'gaussian', path: 'cond_ot', coupling: 'independent', prediction: 'velocity',
  time: 'logit_normal', layers: 3, width: 64, lr: 0.003, batch: 256, steps: 5000, seed: 0, solver: 'heun', solverSteps: 32, jumps: 1,
  show: 'data,flow', beside: '', t: 1,
};
// The numbers that an address can give: the least, the greatest, and whether they are whole.
const kRanges = {
  layers: [1, 8, true], width: [1, 512, true], lr: [0, 1000, false], batch: [1, 8192, true], steps: [1, 1e6, true], seed: [0, Number.MAX_SAFE_INTEGER, true],
  solverSteps: [1, 100, true], jumps: [1, 64, true], t: [0, 1, false],
};

// Returns what an address can give in place of `text`, or "" if the text is possible. `choices` are the words of each choice
// that has words.
function wrongInAddress(key, text, choices) {
  if (key in kRanges) {
    const [least, most, whole] = kRanges[key], value = Number(text);
    if (text.trim() && value >= least && value <= most && (!whole || Number.isInteger(value))) return '';
    return `a ${whole ? 'whole number' : 'number'} from ${least} to ${most}`;
  }
  const possible = choices[key], all = key === 'show' ? text.split(',').filter(Boolean) : [text];
  return all.every((word) => possible.includes(word)) ? '' : possible.filter(Boolean).join(', ');
}

// Returns the choices in the address after #, and sentences about what it gives wrongly, for which the usual choice is taken.
function readAddress(hash, choices) {
  const state = { ...kDefaults }, wrong = [];
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    const known = Object.hasOwn(kDefaults, key), instead = known && wrongInAddress(key, text, choices);
    if (!known) wrong.push(`The address names “${key.slice(0, 40)}”, which is no choice of this page.`);
    else if (instead) wrong.push(`The address gives ${key} = “${text.slice(0, 40)}”; it must be ${instead}. The usual one is taken.`);
    else state[key] = key in kRanges ? Number(text) : text;
  }
  return { state, wrong };
}

function writeAddress(state) {
  const words = new URLSearchParams();
  for (const key of Object.keys(kDefaults)) if (state[key] !== kDefaults[key]) words.set(key, String(state[key]));
  history.replaceState(null, '', words.toString() ? `#${words}` : location.pathname + location.search);
}

const kOwnFolder = '/page/data';  // where the engine finds the user's own tables
const kMixture = {
  type: 'mixture', weights: [0.4, 0.35, 0.25], means: [[-1.4, -0.9], [1.5, -0.5], [0.1, 1.5]], stds: [0.35, 0.28, 0.4],
};

// The losses of a one-step map (docs/theory.md, section 8), by what the control Learns names.
const kMapLosses = {
  lagrangian: { type: 'lagrangian', diagonal: 0.5, from_start: 0.25 },
  eulerian: { type: 'eulerian', tangent: 'network', target: 'sample', diagonal: 0.5, from_start: 0.25, weight_power: 1 },
};

// Returns the config with the settings that a flow map trains better with, and with jumps as its sampler.
function withMapSettings(config, jumps) {
  return { ...config, optimizer: { ...config.optimizer, beta2: 0.95 }, ema: { decay: 0.99 }, sampler: { type: 'jumps', steps: jumps } };
}

// Returns the config of the choices. `ownPath` is where the user's own table is, and `columns` are those of its columns that are
// taken, by default all.
function makeConfig(state, ownPath, columns) {
  // The page shows the table's numbers as they are.
  const own = ownPath && ownPath.endsWith('.npy') ? { type: 'npy', path: ownPath } : { type: 'csv', path: ownPath, guess: 'no', scale: 'none', ...(columns && { columns }) };
  const data = state.data === 'mixture' ? kMixture
    : state.data === 'drawn' ? own
    : state.data === 'file' ? { type: 'standardize', of: own }
    : { type: state.data };
  const time = state.time === 'logit_normal' ? { type: 'logit_normal', mean: 0, std: 1 } : { type: state.time };
  const coupling = state.coupling === 'sinkhorn' ? { type: 'sinkhorn', reg: 0.05 } : { type: state.coupling };
  const loss = kMapLosses[state.learns] ? { ...kMapLosses[state.learns], time } : { type: 'mse', time };
  const config = {
    version: 1, name: 'page', seed: state.seed, precision: 'float32', data, source: { type: state.source },
    path: { type: state.path }, coupling,
    model: { type: 'mlp', hidden: Array(state.layers).fill(state.width), activation: 'silu' },
    prediction: state.prediction, loss, optimizer: { type: 'adamw', lr: state.lr },
    schedule: { type: 'cosine', warmup: Math.min(100, Math.floor(state.steps / 10)) },
    ema: { decay: 0 }, train: { steps: state.steps, batch: state.batch, clip_norm: 1 },
    sampler: { type: state.solver, steps: state.solverSteps },
  };
  return kMapLosses[state.learns] ? withMapSettings(config, state.jumps) : config;
}

export { kDefaults, kMapLosses, withMapSettings, kOwnFolder, readAddress, writeAddress, makeConfig };
