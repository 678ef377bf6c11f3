// Draws a tape as a graph: a box for each line, and a curve to it from each of its inputs.
import { svgElement } from './widgets.js';

const kBox = { width: 96, height: 34, across: 112, down: 62 };

// Returns the layer of each line: below all of its inputs, and as near as possible to the first line that uses it.
function layersOf(lines) {
  const layer = lines.map(() => 0), before = lines.map(() => Infinity);
  lines.forEach((line, k) => { for (const i of line.in || []) layer[k] = Math.max(layer[k], layer[i] + 1); });
  for (let k = lines.length - 1; k >= 0; k--) {
    if (Number.isFinite(before[k])) layer[k] = before[k] - 1;
    for (const i of lines[k].in || []) before[i] = Math.min(before[i], layer[k]);
  }
  return layer;
}

// Returns nodes {line, layer, x, before, after} and edges, each a list of nodes. An edge over several layers
// has a node without a line in each layer between.
function joinLines(lines) {
  const layer = layersOf(lines);
  const nodes = lines.map((_, k) => ({ line: k, layer: layer[k], x: 0, before: [], after: [] }));
  const edges = [];
  lines.forEach((line, k) => {
    for (const i of new Set(line.in || [])) {
      const way = [nodes[i]];
      for (let l = layer[i] + 1; l < layer[k]; l++) {
        const between = { line: -1, layer: l, x: 0, before: [], after: [] };
        nodes.push(between);
        way.push(between);
      }
      way.push(nodes[k]);
      for (let s = 1; s < way.length; s++) { way[s - 1].after.push(way[s]); way[s].before.push(way[s - 1]); }
      edges.push({ from: i, to: k, way });
    }
  });
  return { nodes, edges };
}

// Orders the nodes of each layer by the places of their neighbours, and spreads them out.
function arrangeNodes(nodes) {
  const rows = [];
  for (const node of nodes) (rows[node.layer] = rows[node.layer] || []).push(node);
  const room = (node) => (node.line < 0 ? 26 : kBox.across);
  const spread = (row) => {
    for (let k = 1; k < row.length; k++) row[k].x = Math.max(row[k].x, row[k - 1].x + (room(row[k]) + room(row[k - 1])) / 2);
  };
  rows.forEach((row) => { row.forEach((node, k) => { node.x = k; }); spread(row); });
  for (let round = 0; round < 24; round++) {
    const down = round % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const wish = new Map(row.map((node) => {
        const near = down ? node.before : node.after;
        return [node, near.length ? near.reduce((sum, n) => sum + n.x, 0) / near.length : node.x];
      }));
      row.sort((a, b) => wish.get(a) - wish.get(b));
      const middle = row.reduce((sum, node) => sum + wish.get(node), 0) / row.length;
      row.forEach((node) => { node.x = wish.get(node); });
      spread(row);
      const moved = row.reduce((sum, node) => sum + node.x, 0) / row.length - middle;
      row.forEach((node) => { node.x -= moved; });
    }
  }
  const least = Math.min(...nodes.map((node) => node.x - room(node) / 2));
  for (const node of nodes) node.x -= least;
  return { width: Math.max(...nodes.map((node) => node.x + room(node) / 2)), rows: rows.length };
}

const edgePath = (way) => {
  const place = (node, below) => [node.x, 8 + node.layer * kBox.down + (node.line < 0 ? kBox.height / 2 : below ? kBox.height : 0)];
  let [x, y] = place(way[0], true);
  let path = `M${x} ${y}`;
  for (const node of way.slice(1)) {
    const [nx, ny] = place(node, false);
    const half = (y + ny) / 2;
    path += ` C${x} ${half} ${nx} ${half} ${nx} ${ny}`;
    [x, y] = [nx, ny];
  }
  return path;
};

// Scrolls a box, but not the page around it, so that a place in it is in view.
function scrollWithin(box, x, y) {
  if (!box) return;
  if (x - 60 < box.scrollLeft || x + 60 > box.scrollLeft + box.clientWidth) box.scrollLeft = x - box.clientWidth / 2;
  if (y - 40 < box.scrollTop || y + 40 > box.scrollTop + box.clientHeight) box.scrollTop = y - box.clientHeight / 2;
}

// Draws the graph of a listing (`pushforward inspect --format json`). Returns {svg, light, mark}: `light(id)` marks a
// line and its inputs, and scrolls to its box, `mark(id, text)` writes a short text below a box's name, and null clears it.
// `titleOf(line, id)` returns the name in a box, and `choose(id)` is called for a click.
function drawGraph(lines, titleOf, choose) {
  const { nodes, edges } = joinLines(lines);
  const { width, rows } = arrangeNodes(nodes);
  const height = rows * kBox.down - (kBox.down - kBox.height) + 16;
  const svg = svgElement('svg', { viewBox: `0 0 ${width + 4} ${height}`, width: width + 4, height, class: 'graph', role: 'group', 'aria-label': 'The tape as a graph' });
  const paths = edges.map(({ from, to, way }) => {
    const path = svgElement('path', { d: edgePath(way), class: 'edge' });
    svg.append(path);
    return { from, to, path };
  });
  const boxes = lines.map((line, id) => {
    const node = nodes[id];
    const group = svgElement('g', { class: `node ${line.kind}`, transform: `translate(${node.x - kBox.width / 2} ${8 + node.layer * kBox.down})`, tabindex: '0', role: 'button', 'data-node': id });
    group.append(svgElement('rect', { width: kBox.width, height: kBox.height, rx: line.kind === 'input' ? 17 : line.kind === 'op' ? 5 : 11 }));
    const title = titleOf(line, id);
    const shape = `(${(line.shape || []).join(', ')})`;
    group.append(svgElement('text', { x: kBox.width / 2, y: 14, class: 'name' }, title.length > 16 ? `${title.slice(0, 15)}…` : title));
    const under = svgElement('text', { x: kBox.width / 2, y: 27, class: 'under' }, shape);
    group.append(under, svgElement('title', {}, `#${id} ${title} ${shape}`));
    group.addEventListener('click', () => choose(id));
    group.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== ' ') return;
      event.preventDefault();
      event.stopPropagation();  // the space bar would train
      choose(id);
    });
    svg.append(group);
    return { group, under, shape };
  });
  const light = (id) => {
    boxes.forEach(({ group }, k) => {
      group.classList.toggle('lit', k === id);
      group.classList.toggle('input-of', id >= 0 && (lines[id].in || []).includes(k));
    });
    for (const { from, to, path } of paths) path.classList.toggle('lit', to === id || from === id);
    scrollWithin(svg.parentElement, nodes[id].x, 8 + nodes[id].layer * kBox.down + kBox.height / 2);
  };
  const mark = (id, text) => {
    boxes[id].under.textContent = text === null ? boxes[id].shape : text;
    boxes[id].group.classList.toggle('marked', text !== null);
  };
  return { svg, light, mark };
}

export { drawGraph, scrollWithin };
