// The panels below the picture about solvers and files.
import { shortNumber } from './curves.js';
import { element, button } from './elements.js';
import { helpButton } from './help.js';

const kSolvers = [['euler', 'Euler'], ['heun', 'Heun'], ['rk4', 'Runge-Kutta 4'], ['dopri5', 'Dormand-Prince 5(4), adaptive']];

// The same points followed by another solver, and how far its ends are from those of a fine solution.
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
  const result = element('p', '');
  result.id = 'solver-words';
  const apply = async () => {
    page.state.solver = choice.value;
    page.state.solverSteps = Math.min(100, Math.max(1, Math.floor(Number(steps.value) || 1)));
    steps.disabled = choice.value === 'dopri5';
    page.keep();
    result.textContent = 'Following 1,000 points …';
    const fine = await page.ask({ ask: 'flow', n: 1000, times: 2, seed: 1, solver: 'rk4', steps: 64 });
    const { head, arrays } = await page.ask(page.flowQuestion(1000, 2));
    const [, n, dim] = arrays.points.shape;
    let sum = 0, worst = 0;
    for (let k = 0; k < n; k++) {
      const at = (n + k) * dim;
      let square = 0;
      for (let j = 0; j < dim; j++) square += (arrays.points.values[at + j] - fine.arrays.points.values[at + j]) ** 2;
      sum += square;
      worst = Math.max(worst, Math.sqrt(square));
    }
    result.textContent = `${Math.round(head.evaluations)} evaluations of the field for each point${head.most_evaluations > head.evaluations ? ` (at most ${head.most_evaluations})` : ''}. `
      + `Its ends differ from those of 64 steps of Runge-Kutta 4 by ${shortNumber(Math.sqrt(sum / n))} (root mean square), at most ${shortNumber(worst)}.`;
    page.refresh(true);
  };
  choice.onchange = steps.onchange = () => page.guard(apply);
  const label = element('label', 'Steps ');
  label.append(steps);
  row.append(choice, label, helpButton('solver'));
  panel.replaceChildren(element('p', 'A solver follows the velocity from noise to data in steps. Fewer steps cost less and err more. The picture above uses this solver.'), row, result);
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
  panel.replaceChildren(
    element('p', `The program trains exactly this: save the config, and type${from}`),
    element('pre', 'pushforward train config.json'),
    element('p', 'Config and weights in one folder are a run that the program samples, for example with'),
    element('pre', 'pushforward sample FOLDER -n 1000 --out samples.npy'),
    row, element('pre', config));
}

export { showSolvers, showFiles };
