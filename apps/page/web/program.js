// A small program of the engine's ops, to edit and differentiate: its values, cotangents and tangents, and differences.
import { drawCurve, shortNumber } from './curves.js';
import { element, tableOf } from './elements.js';
import { choiceOf } from './widgets.js';
import { drawGraph } from './graph.js';
import { helpButton } from './help.js';
import { factsOf, factList } from './tape.js';

const kPrograms = [
  ['three', 'three ops', 'x = 2\nh = square(x)\ny = 3 * h + h * sin(x)'],
  ['layer', 'a layer and its loss', '# one layer of a network, and its squared error\nx = [1, -2]\nw = [0.5, 1; -1, 0.25; 2, 0]\nb = [0.1, 0, -0.3]\nh = tanh(linear(x, w, b))\ntarget = [0.5, 1, -1]\ny = mse(h, target)'],
  ['softmax', 'softmax and cross entropy', 'logits = [1, 2, -1]\np = log_softmax(logits)\nwanted = [0, 1, 0]\ny = -sum(wanted * p)'],
  ['corner', 'where differences fail', '# the slope jumps at 0, and differences see both sides\nx = 0\ny = relu(x) + 2 * x'],
  ['stopped', 'a stopped gradient', '# the sweep treats stop_gradient as a constant; differences do not\nx = 2\ny = x * stop_gradient(x)'],
];

const listed = ({ shape, values }) => (shape.length ? `[${Array.from(values, shortNumber).join(', ')}]` : shortNumber(values[0]));

// Says whether the sweep and the differences agree, and what a gap means.
function agreement(head) {
  if (head.apart === null) return 'The differences are not finite numbers here, so they cannot be compared with the sweep.';
  const gap = shortNumber(head.apart);
  if (head.apart < 5e-3) return `The cotangents of the inputs and the differences agree: they are at most ${gap} apart.`;
  return `The cotangents of the inputs and the differences are up to ${gap} apart. A corner, a stopped gradient, a large step h or the rounding of float32 can be the reason.`;
}

class ProgramView {
  constructor(panel, page) {
    Object.assign(this, { panel, page, along: '', h: 0.01, asked: 0, chosen: -1 });
    const left = element('div'), right = element('div');
    this.text = element('textarea');
    Object.assign(this.text, { rows: 9, spellcheck: false, id: 'program-text', value: page.programText || kPrograms[0][2] });
    this.text.setAttribute('aria-label', 'The program: one statement on each line');
    this.text.oninput = () => this.run();
    this.words = element('p', '', 'caption');
    this.words.id = 'program-words';
    this.words.setAttribute('aria-live', 'polite');
    this.fault = element('p', '', 'fault');
    this.fault.id = 'program-fault';
    this.fault.hidden = true;
    const row = element('div', undefined, 'row');
    row.append(choiceOf('Example', kPrograms.map(([key, name]) => [key, name]), 'three', (key) => {
      this.text.value = kPrograms.find(([k]) => k === key)[2];
      this.along = '';
      this.run();
    }));
    const step = choiceOf('Step h of the differences', [0.1, 0.03, 0.01, 0.003, 0.001, 0.0001].map((h) => [String(h), `h = ${h}`]), '0.01', (h) => { this.h = Number(h); this.run(); });
    this.direction = element('span');
    row.append(step, helpButton('differences'), this.direction);
    this.errors = element('canvas', undefined, 'curve low');
    this.errors.setAttribute('role', 'img');
    this.errors.setAttribute('aria-label', 'Distance between cotangents and differences for steps h from 1 down to 0.000001');
    this.graphBox = element('div', undefined, 'tape graph-box');
    this.tableBox = element('div', undefined, 'tape');
    this.detail = element('div');
    left.append(row, this.text, this.fault, this.words, element('h2', 'Largest distance between sweep and differences, for other steps h'), this.errors);
    right.append(this.tableBox, this.detail);
    const three = element('div', undefined, 'three program');
    three.append(left, this.graphBox, right);
    panel.replaceChildren(element('p', 'Write a program of the engine’s ops: one statement on each line, the last one is the result. The engine records it on a tape, sweeps down for the cotangents and up for the tangents, and compares the cotangents of the inputs with differences of the result.'), three);
    this.run();
  }

  // Asks the engine about the present text. Answers to earlier texts are dropped.
  async run() {
    const mine = ++this.asked;
    this.page.programText = this.text.value;
    const question = { ask: 'program', text: this.text.value, h: this.h };
    if (this.along) question.along = this.along;
    try {
      const message = await this.page.ask(question);
      if (mine === this.asked) this.show(message);
    } catch (error) {
      if (mine !== this.asked) return;
      if (this.along && /is no input/.test(error.message)) { this.along = ''; this.run(); return; }
      this.fault.hidden = false;
      this.fault.textContent = error.message;
    }
  }

  show({ head, arrays }) {
    this.fault.hidden = true;
    this.message = { head, arrays };
    const { lines } = head.tape;
    const inputs = lines.filter((line) => line.kind === 'input');
    this.direction.replaceChildren(choiceOf('The inputs that move, for the tangents', [['', 'all inputs move'], ...inputs.map((line) => [line.name, `only ${line.name} moves`])], this.along, (name) => { this.along = name; this.run(); }), helpButton('tangent'));
    this.words.textContent = agreement(head);
    this.words.dataset.apart = String(head.apart);
    this.graph = drawGraph(lines, (line, id) => (head.names[id] && line.kind === 'op' ? `${head.names[id]} = ${line.op}` : head.names[id] || line.op), (id) => this.choose(id));
    this.graphBox.replaceChildren(this.graph.svg);
    const rows = lines.map((line, id) => {
      const part = (name) => (arrays[`${name}_${id}`] ? listed(arrays[`${name}_${id}`]) : name === 'difference' ? '' : '0');
      return [`#${id}`, head.names[id], line.op, part('value'), part('cotangent'), part('difference'), part('tangent')];
    });
    const table = tableOf(rows, ['line', 'name', 'op', 'value', 'cotangent', 'difference', 'tangent']);
    [...table.tBodies[0].rows].forEach((row, id) => {
      row.dataset.line = id;
      row.tabIndex = 0;
      row.onclick = () => this.choose(id);
      row.onkeydown = (event) => { if (event.key === 'Enter') this.choose(id); };
    });
    this.tableBox.replaceChildren(table);
    const errors = Array.from(arrays.errors.values, (v) => (v > 0 ? v : NaN));  // an exact step has no place on this axis
    drawCurve(this.errors, Array.from(errors, (_, k) => k), errors, { logarithmic: true, ends: ['h = 1', 'h = 0.000001'] });
    this.choose(Math.min(Math.max(this.chosen, 0), lines.length - 1));
  }

  choose(id) {
    this.chosen = id;
    const { head } = this.message, line = head.tape.lines[id];
    [...this.tableBox.querySelectorAll('tbody tr')].forEach((row, k) => {
      row.classList.toggle('lit', k === id);
      row.classList.toggle('input-of', (line.in || []).includes(k));
    });
    this.graph.light(id);
    const facts = factsOf(line, head.formulas, line.shape || []).filter(([name]) => name !== 'recorded at');
    facts.push(['line of the text', String(head.text_lines[id])]);
    this.detail.replaceChildren(element('h3', `#${id} ${head.names[id] || line.op}`), factList(facts));
    const lines = this.text.value.split('\n');
    const begin = lines.slice(0, head.text_lines[id] - 1).reduce((sum, text) => sum + text.length + 1, 0);
    if (document.activeElement !== this.text) this.text.setSelectionRange(begin, begin + lines[head.text_lines[id] - 1].length);
  }
}

function showProgram(panel, page) { page.programView = new ProgramView(panel, page); }

export { showProgram };
