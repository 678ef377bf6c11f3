// Short functions that make parts of the page. All text is inserted as text.

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

const find = (id) => document.getElementById(id);
const plural = (n, word) => `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`;

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

// Says as what a point of a flow starts, by the words of its source.
const startsAs = (source) => (/noise/i.test(source) ? 'noise' : `a sample of ${source}`);

export { element, button, find, plural, tableOf, startsAs };
