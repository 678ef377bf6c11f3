// The panels below the picture: solvers, the tape, and files.
import { shortNumber } from './curves.js';

const element = (tag, text, name) => {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
};

const button = (text, act) => {
  const made = element('button', text);
  made.type = 'button';
  made.onclick = act;
  return made;
};

function tableOf(rows, heads, name) {
  const table = element('table', undefined, name);
  if (heads) {
    const row = table.createTHead().insertRow();
    for (const head of heads) row.append(element('th', head));
  }
  const body = table.createTBody();
  for (const cells of rows) {
    const row = body.insertRow();
    for (const cell of cells) row.insertCell().textContent = cell;
  }
  return table;
}

// A small table of a value: the corner that the message has.
function valueTable(title, { shape: [rows, columns], values }) {
  const box = element('div');
  box.append(element('h2', title));
  const cells = [];
  for (let r = 0; r < rows; r++) cells.push(Array.from({ length: columns }, (_, j) => shortNumber(values[r * columns + j])));
  box.append(tableOf(cells, null, 'values'));
  return box;
}

// The tape of the next training step: one line for each value; a click shows the value and its cotangent.
async function showTape(panel, page) {
  const { head } = await page.ask({ ask: 'tape', backward: false });
  const lines = head.tape.lines;
  const two = element('div', undefined, 'two');
  const list = element('div', undefined, 'tape');
  const rows = lines.map((line) => [
    `#${line.id}`, line.op || line.kind, `(${(line.shape || []).join(', ')})`, (line.in || []).map((k) => `#${k}`).join(' '),
    line.name || line.label || '', line.file ? `${line.file.replace(/^.*?(autograd|nn|flow|apps)\//, '$1/')}:${line.file_line}` : '',
  ]);
  const table = tableOf(rows, ['line', 'op', 'shape', 'from', 'part', 'recorded at']);
  const detail = element('div');
  detail.append(element('p', 'The tape records every value of the next training step, from the batch to the loss. The sweep goes through it backwards and gives each value a cotangent: how much the loss changes with it. Click a line.'));
  let chosen = -1, playing = 0;
  const choose = async (id) => {
    chosen = id;
    [...table.tBodies[0].rows].forEach((row, k) => {
      row.className = k === id ? 'lit' : (lines[id].in || []).includes(k) ? 'input-of' : '';
    });
    const { head: about, arrays } = await page.ask({ ask: 'line', id });
    if (chosen !== id) return;
    detail.replaceChildren(element('h3', `#${id} ${lines[id].op || lines[id].kind} ${lines[id].detail || ''}`),
      element('p', `Shape (${about.shape.join(', ')})${lines[id].label ? `, part of ${lines[id].label}` : ''}. The tables show at most 16 rows and columns.`),
      valueTable('Value', arrays.values));
    if (arrays.cotangent) detail.append(valueTable('Cotangent: d loss / d value', arrays.cotangent));
    else detail.append(element('p', 'The loss does not depend on this value.'));
  };
  [...table.tBodies[0].rows].forEach((row, k) => {
    row.tabIndex = 0;
    row.dataset.line = k;
    row.onclick = () => choose(k);
    row.onkeydown = (event) => { if (event.key === 'Enter') choose(k); };
  });
  const sweep = (step) => {
    const mine = ++playing;
    const turn = async (k) => {
      if (mine !== playing || k < 0 || k >= lines.length || !panel.contains(table)) return;
      await choose(k);
      table.tBodies[0].rows[k].scrollIntoView({ block: 'nearest' });
      setTimeout(() => turn(k + step), 350);
    };
    turn(step > 0 ? 0 : lines.length - 1);
  };
  const row = element('div', undefined, 'row');
  row.append(button('Play forward', () => sweep(1)), button('Play the sweep back', () => sweep(-1)), button('Stop', () => { playing++; }));
  list.append(table);
  two.append(list, detail);
  panel.replaceChildren(row, two);
}

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
  row.append(choice, label);
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
    button('Open config or checkpoint …', () => document.getElementById('open-file').click()),
  );
  if (page.ownCsv) row.append(button('Save data.csv', () => save('data.csv', [page.ownCsv], 'text/csv')));
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', id: 'open-file', hidden: true, accept: '.json,.csv,.txt,.safetensors' });
  input.onchange = () => page.guard(() => page.openFile(input.files[0]));
  panel.replaceChildren(
    element('p', 'The program trains exactly this: save the config, and type'),
    element('pre', 'pushforward train config.json'),
    row, input, element('pre', config));
}

export { element, button, tableOf, showTape, showSolvers, showFiles };
