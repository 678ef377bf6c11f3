// The panels below the picture: what the page is, solvers, and files.
import { element, button } from './elements.js';
import { drawStepSizes, wordsOfSolver } from './solver_layers.js';
import { helpButton } from './help.js';
import { showMap, layerToggle } from './map.js';

const kSolvers = [['euler', 'Euler'], ['heun', 'Heun'], ['rk4', 'Runge-Kutta 4'], ['dopri5', 'Dormand-Prince 5(4), adaptive']];

// What one sees, in words, and the keys.
function showAbout(panel) {
  const ask = element('p', 'The loss ');
  ask.append(helpButton('loss'), ' · from conditional to marginal ', helpButton('posterior'), ' · solvers ', helpButton('solver'), ' · one-step maps ', helpButton('learns'));
  panel.replaceChildren(
    element('p', 'Noise (t = 0) flows to data (t = 1) along a velocity u(x, t) that a small network learns. Each training step draws noise and data, mixes them at a random time, and asks the network for the direction from one to the other. The engine that trains here is the one of the program, compiled for the browser: the same seed gives the same numbers.'),
    ask, element('p', 'Keys: space trains and pauses, S takes one step, R starts again, P plays the flow, the arrow keys move the time, + − 0 zoom the picture.', 'caption'));
}

// The same points followed by another solver: how far its ends are from those of a fine solution, and the steps it took.
function showSolvers(panel, page) {
  const row = element('div', undefined, 'row');
  const choice = document.createElement('select');
  choice.style.width = 'auto';
  choice.setAttribute('aria-label', 'Solver');
  for (const [value, name] of kSolvers) {
    const option = element('option', name);
    option.value = value;
    choice.append(option);
  }
  choice.value = page.state.solver;
  const steps = document.createElement('input');
  Object.assign(steps, { type: 'number', min: 1, max: 100, value: page.state.solverSteps });
  steps.style.width = '6em';
  steps.setAttribute('aria-label', 'Number of steps');
  const result = element('p', ''), sizes = element('canvas', undefined, 'wide-curve');
  result.id = 'solver-words';
  sizes.id = 'solver-sizes';
  sizes.setAttribute('role', 'img');
  sizes.setAttribute('aria-label', 'The length of each step over time');
  const apply = async () => {
    page.state.solver = choice.value;
    page.state.solverSteps = Math.min(100, Math.max(1, Math.floor(Number(steps.value) || 1)));
    steps.disabled = choice.value === 'dopri5';
    page.keep();
    result.textContent = 'Following the points …';
    await page.refresh(true);
    const solver = page.stage.solver || await page.askSolver();
    page.solverPanel = { canvas: sizes, solver };
    page.caption();
    result.textContent = wordsOfSolver(solver, page.stage.flow);
    drawStepSizes(sizes, solver);
  };
  choice.onchange = steps.onchange = () => page.guard(apply);
  const label = element('label', 'Steps ');
  label.append(steps);
  row.append(choice, label, helpButton('solver'));
  if (page.about.dim === 2)
    row.append(layerToggle(page, 'error', 'Colour the ends by their error'), layerToggle(page, 'steps', 'Show the steps'));
  panel.replaceChildren(
    element('p', 'A solver follows the velocity from noise to data in steps. Fewer steps cost less and err more. The picture above uses this solver.'), row, result, sizes,
    element('p', 'The length of each step over the time at which it begins, for the first points of the picture. Dots are accepted steps; rings are steps that the solver rejected and tried again with a smaller length.', 'caption'));
  showMap(panel, page);
  page.guard(apply);
}

const save = (name, parts, type) => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

// Export and import: the config, the weights, and the whole state of the training.
function showFiles(panel, page) {
  const config = page.exportedConfig();
  const row = element('div', undefined, 'row');
  row.append(
    button('Save config.json', () => save('config.json', [config], 'application/json')),
    button('Save model.safetensors', () => page.guard(async () => save('model.safetensors', [(await page.ask({ ask: 'save' }, null, ['/page/model.safetensors'])).files[0].bytes]))),
    button('Save checkpoint', () => page.guard(async () => save('checkpoint.safetensors', [(await page.ask({ ask: 'save' }, null, ['/page/checkpoint.safetensors'])).files[0].bytes]))),
    button('Open a report, weights, a config or a table …', () => document.getElementById('open-file').click()),
  );
  if (page.own && !page.configText) row.append(button(`Save ${page.own.name}`, () => save(page.own.name, [page.own.bytes], 'application/octet-stream')));
  const from = page.given && page.given.model ? `, where the run whose weights the page opened is ${page.fromFolder()}` : '';
  if (page.given && page.given.plain)
    row.append(button('Save the config.json that it starts from', () => save('config.json', [page.given.plain.config], 'application/json')),
      button('Save the model.safetensors that it starts from', () => save('model.safetensors', [page.given.plain.model], 'application/octet-stream')));
  panel.replaceChildren(
    element('p', `The program trains exactly this: save the config, and type${from}`),
    element('pre', 'pushforward train config.json'),
    element('p', 'Config and weights in one folder are a run that the program samples, for example with'),
    element('pre', 'pushforward sample FOLDER -n 1000 --out samples.npy'),
    row, element('pre', config));
}

export { kSolvers, showAbout, showSolvers, showFiles };
