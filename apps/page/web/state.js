// The choices of the page: their defaults, their place in the address, and the config that they make.

const kDefaults = {
  data: 'moons', source: 'gaussian', path: 'cond_ot', coupling: 'independent', prediction: 'velocity',
  time: 'logit_normal', layers: 3, width: 64, lr: 0.003, batch: 256, steps: 5000, seed: 0, solver: 'heun', solverSteps: 32,
  show: 'data,flow', beside: '', t: 1,
};
const kNumbers = new Set(['layers', 'width', 'lr', 'batch', 'steps', 'seed', 'solverSteps', 't']);

// Returns the choices in the address after #. Unknown keys are left out.
function readAddress(hash) {
  const state = { ...kDefaults };
  for (const [key, text] of new URLSearchParams(hash.replace(/^#/, ''))) {
    if (!(key in kDefaults)) continue;
    if (!kNumbers.has(key)) state[key] = text;
    else if (text !== '' && Number.isFinite(Number(text))) state[key] = Number(text);
  }
  return state;
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

// Returns the config of the choices. `ownPath` is where the user's own table is.
function makeConfig(state, ownPath) {
  // The page shows the table's numbers as they are.
  const own = ownPath && ownPath.endsWith('.npy') ? { type: 'npy', path: ownPath } : { type: 'csv', path: ownPath, guess: 'no', scale: 'none' };
  const data = state.data === 'mixture' ? kMixture
    : state.data === 'drawn' ? own
    : state.data === 'file' ? { type: 'standardize', of: own }
    : { type: state.data };
  const time = state.time === 'logit_normal' ? { type: 'logit_normal', mean: 0, std: 1 } : { type: state.time };
  const coupling = state.coupling === 'sinkhorn' ? { type: 'sinkhorn', reg: 0.05 } : { type: state.coupling };
  return {
    version: 1, name: 'page', seed: state.seed, precision: 'float32', data, source: { type: state.source },
    path: { type: state.path }, coupling,
    model: { type: 'mlp', hidden: Array(state.layers).fill(state.width), activation: 'silu' },
    prediction: state.prediction, loss: { type: 'mse', time }, optimizer: { type: 'adamw', lr: state.lr },
    schedule: { type: 'cosine', warmup: Math.min(100, Math.floor(state.steps / 10)) },
    ema: { decay: 0 }, train: { steps: state.steps, batch: state.batch, clip_norm: 1 },
    sampler: { type: state.solver, steps: state.solverSteps },
  };
}

export { kDefaults, kOwnFolder, readAddress, writeAddress, makeConfig };
