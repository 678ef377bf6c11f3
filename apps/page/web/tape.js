// The tape of the next training step: its graph, its lines, the numbers of one line, and the three passes over it.
import { shortNumber } from './curves.js';
import { element, button, tableOf } from './elements.js';
import { numberTable } from './widgets.js';
import { drawGraph, scrollWithin } from './graph.js';
import { helpButton } from './help.js';

const kPasses = {
  values: { title: 'Play the values', help: 'values', down: false, words: 'Values: each line is computed from its inputs, from the first line to the loss.' },
  cotangent: { title: 'Play the cotangents', help: 'cotangent', down: true, words: 'Cotangents: the downward sweep goes from the loss back to the first line. Each number says how much the loss changes with the value.' },
  tangent: { title: 'Play the tangents', help: 'tangent', down: false, words: 'Tangents: the upward sweep goes from the first line to the loss. Each weight moves by minus its gradient; the numbers say how fast each value then moves.' },
};
const kPause = 420;

const placeOf = (line) => (line.file ? `${line.file.replace(/^.*?(?=(?:autograd|nn|flow|apps)\/)/, '')}:${line.file_line}` : '');
const titleOfLine = (line) => line.name || line.op;

// Returns rows of words about a line: op, formula, rules, origin and place.
function factsOf(line, formulas, shape) {
  const [value, down, up] = formulas[line.op] || ['', '', ''];
  const facts = [['op', line.op], ['formula', value], ['passes down', down], ['passes up', up], ['shape', `(${shape.join(', ')})`]];
  if ((line.in || []).length) facts.push(['computed from', line.in.map((k) => `#${k}`).join(', ')]);
  if (line.detail) facts.push(['constants', line.detail]);
  if (line.label) facts.push(['part of the model', line.label]);
  facts.push(['recorded at', placeOf(line) || 'no source line is known']);
  return facts;
}

function factList(facts) {
  const list = element('dl', undefined, 'facts');
  for (const [name, text] of facts) list.append(element('dt', name), element('dd', text));
  return list;
}

class TapeView {
  constructor(panel, page, head) {
    Object.assign(this, { panel, page, lines: head.tape.lines, formulas: head.formulas, chosen: -1, turn: 0 });
    const { lines } = this;
    this.graph = drawGraph(lines, titleOfLine, (id) => this.choose(id));
    this.table = tableOf(lines.map((line) => [
      `#${line.id}`, line.op, `(${(line.shape || []).join(', ')})`, (line.in || []).map((k) => `#${k}`).join(' '),
      line.name || line.label || '']), ['line', 'op', 'shape', 'from', 'part']);
    this.rows().forEach((row, id) => {
      row.tabIndex = 0;
      row.dataset.line = id;
      row.onclick = () => this.choose(id);
      row.onkeydown = (event) => { if (event.key === 'Enter') this.choose(id); };
    });
    this.words = element('p', 'The tape records every value of the next training step, from the batch to the loss. Click a line or a box to see its numbers.', 'caption');
    this.words.id = 'tape-words';
    this.detail = element('div');
    this.detail.id = 'tape-detail';
    const buttons = element('div', undefined, 'row');
    for (const [pass, { title, help }] of Object.entries(kPasses)) {
      const play = button(title, () => this.play(pass));
      play.dataset.pass = pass;
      buttons.append(play, helpButton(help));
    }
    buttons.append(button('Stop', () => this.stop()));
    const graph = element('div', undefined, 'tape graph-box'), list = element('div', undefined, 'tape');
    graph.append(this.graph.svg);
    list.append(this.table);
    const three = element('div', undefined, 'three wide-graph');
    three.append(graph, list, this.detail);
    panel.replaceChildren(buttons, this.words, three);
  }

  rows() { return [...this.table.tBodies[0].rows]; }

  light(id) {
    this.rows().forEach((row, k) => {
      row.classList.toggle('lit', k === id);
      row.classList.toggle('input-of', (this.lines[id].in || []).includes(k));
    });
    this.graph.light(id);
    const row = this.rows()[id], list = this.table.parentElement;
    scrollWithin(list, list.scrollLeft + 60, row.offsetTop + row.offsetHeight / 2);
  }

  // Shows the numbers of a line. A click also ends a pass that is being played.
  async choose(id, played = false) {
    if (!played) this.stop();
    this.chosen = id;
    this.light(id);
    const { head, arrays } = await this.page.ask({ ask: 'line', id });
    if (this.chosen !== id) return null;
    const line = this.lines[id];
    this.detail.replaceChildren(element('h3', `#${id} ${titleOfLine(line)}`), factList(factsOf(line, this.formulas, head.shape)),
      numberTable('Value', arrays.values));
    if (arrays.cotangent) this.detail.append(numberTable('Cotangent: d loss / d value', arrays.cotangent));
    else this.detail.append(element('p', 'It has no cotangent: the loss does not depend on it through the weights or the batch.'));
    if (arrays.tangent) this.detail.append(numberTable('Tangent: how it moves when each weight moves by minus its gradient', arrays.tangent));
    else this.detail.append(element('p', 'It has no tangent: it does not move with the weights.'));
    const [rows, columns] = arrays.values.shape, whole = head.shape.reduce((a, b) => a * b, 1);
    if (arrays.values.values.length < whole) this.detail.append(element('p', `The tables show the first ${rows} rows and ${columns} columns.`, 'caption'));
    return { head, arrays };
  }

  stop() {
    this.turn++;
    this.lines.forEach((_, id) => this.graph.mark(id, null));
  }

  // Plays a pass line by line: each box that is reached shows the root mean square of its numbers.
  async play(pass) {
    this.stop();
    const mine = this.turn, { down, words } = kPasses[pass];
    const order = this.lines.map((_, k) => k);
    if (down) order.reverse();
    for (const id of order) {
      const found = await this.choose(id, true);
      if (mine !== this.turn || !this.panel.contains(this.table)) return;
      const size = found && found.head.rms[pass];
      const shown = size === undefined ? 'none' : `rms ${shortNumber(size === null ? NaN : size)}`;
      this.graph.mark(id, shown);
      this.words.textContent = `${words} Line #${id}: ${shown}.`;
      await new Promise((done) => { setTimeout(done, kPause); });
      if (mine !== this.turn) return;
    }
    this.words.textContent = `${words} The pass has reached every line.`;
  }
}

// Asks for the tape and shows it.
async function showTape(panel, page) {
  const { head } = await page.ask({ ask: 'tape', backward: false });
  page.tapeView = new TapeView(panel, page, head);
}

export { showTape, factsOf, factList };
