// Parts of the page that several panels use: choices, shapes of drawings, and tables of numbers.
import { shortNumber } from './curves.js';
import { element, tableOf } from './elements.js';

const svgElement = (tag, attributes, text) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
};

// A small table of numbers. A value of rank 0 has one cell, and one of rank 1 has one row.
function numberTable(title, { shape, values }) {
  const box = element('div');
  box.append(element('h2', title));
  const columns = shape.length ? shape[shape.length - 1] : 1;
  const cells = [];
  for (let r = 0; r * columns < values.length; r++) cells.push(Array.from({ length: columns }, (_, j) => shortNumber(values[r * columns + j])));
  box.append(tableOf(cells, null, 'values'));
  return box;
}

// A selection between options [key, text]. `changed` is called with the chosen key.
function choiceOf(name, options, value, changed) {
  const select = element('select');
  select.style.width = 'auto';
  select.setAttribute('aria-label', name);
  for (const [key, text] of options) {
    const option = element('option', text);
    option.value = key;
    select.append(option);
  }
  select.value = value;
  select.onchange = () => changed(select.value);
  return select;
}

export { svgElement, numberTable, choiceOf };
