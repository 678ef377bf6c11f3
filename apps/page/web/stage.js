// The picture of the flow: data, particles with trails, velocities, densities, pairs and a point's destinations.
import { cssColour } from './colours.js';
import { sharpen } from './curves.js';
import { drawHeat, drawContour, largest } from './heat.js';
import { fieldDifference, densityDifference } from './grids.js';
import { streamlines } from './streamlines.js';
import { drawErrors, drawSteps } from './solver_layers.js';
import { addTip } from './arrows.js';
import { drawJumps, jumpedFlow } from './jump_layers.js';

class Stage {
  constructor(canvas) {
    this.canvas = canvas;
    this.t = 1;
    this.limits = [-3, 3, -3, 3];
    this.layers = { data: true, flow: true };
    this.data = null;        // {shape: [n, 2], values}
    this.flow = null;        // {times, points: {shape: [T, n, D], values}}
    this.exactFlow = null;
    this.field = null;       // {t, limits, side, learned, exact}
    this.density = null;     // {t, limits, particles, learned, exact}, the last three {side, values} or null
    this.exactOnly = false;  // shows the exact flow, field and density in place of the learned ones
    this.pairs = null;       // {x0, x1}
    this.solver = null;      // the message "solver" (solver_layers.js)
    this.jumps = null;       // the message "jumps" (jump_layers.js)
    this.lines = { of: null, all: new Map() };  // the streamlines of the velocities of a field
    this.chosen = null;      // {x, t, points, weights, velocity}
    this.drawn = null;       // points while the user draws
    this.dirty = true;
    this.image = document.createElement('canvas');
  }

  // Fits the limits to the data and to the source's usual spread, as a square.
  fit(points) {
    const { shape: [n, dim], values } = points;
    let reach = 2.6;
    const middle = [0, 0];
    const low = [Infinity, Infinity], high = [-Infinity, -Infinity];
    for (let k = 0; k < n; k++)
      for (let j = 0; j < 2; j++) {
        const v = dim > j ? values[k * dim + j] : 0;
        low[j] = Math.min(low[j], v);
        high[j] = Math.max(high[j], v);
      }
    const far = Math.max(...low.map(Math.abs), ...high.map(Math.abs));
    if (far > 12 || Math.max(high[0] - low[0], high[1] - low[1]) < 0.6) {
      for (let j = 0; j < 2; j++) middle[j] = (low[j] + high[j]) / 2;
      reach = 0.62 * Math.max(high[0] - low[0], high[1] - low[1], 1e-9);
    } else {
      reach = Math.max(2.6, far * 1.12);
    }
    this.limits = [middle[0] - reach, middle[0] + reach, middle[1] - reach, middle[1] + reach];
    this.dirty = true;
  }

  toPage(x, y) {
    const [left, right, low, high] = this.limits;
    return [((x - left) / (right - left)) * this.width, (1 - (y - low) / (high - low)) * this.height];
  }

  toData(px, py) {
    const [left, right, low, high] = this.limits;
    return [left + (px / this.width) * (right - left), low + (1 - py / this.height) * (high - low)];
  }

  // Returns the two saved times around t and the share of the second.
  between(flow) {
    const times = flow.times.values;
    let k = 0;
    while (k < times.length - 2 && times[k + 1] < this.t) k++;
    const part = Math.min(Math.max((this.t - times[k]) / (times[k + 1] - times[k]), 0), 1);
    return [k, part];
  }

  // Returns the places (x, y) of all particles at time t, one after the other, on the page.
  places(flow) {
    const [, n, dim] = flow.points.shape;
    const [k, part] = this.between(flow);
    const values = flow.points.values, from = k * n * dim, to = from + n * dim;
    const [left, right, low, high] = this.limits;
    const sx = this.width / (right - left), sy = this.height / (high - low);
    const places = new Float32Array(2 * n);
    for (let i = 0; i < n; i++) {
      const a = from + i * dim, b = to + i * dim;
      places[2 * i] = (values[a] + part * (values[b] - values[a]) - left) * sx;
      const y = dim > 1 ? values[a + 1] + part * (values[b + 1] - values[a + 1]) : 0;
      places[2 * i + 1] = this.height - (y - low) * sy;
    }
    return places;
  }

  draw() {
    if (!this.dirty) return;
    this.dirty = false;
    const { context, width, height } = sharpen(this.canvas);
    this.width = width;
    this.height = height;
    context.clearRect(0, 0, width, height);
    if (this.drawn) {
      this.drawDots(context, { shape: [this.drawn.length / 2, 2], values: this.drawn }, cssColour('data'), 1.8, 0.8);
      return;
    }
    const { layers, exactOnly } = this;
    if (layers.density && this.density) this.within(context, this.density.limits, (wide, tall) => this.drawDensity(context, wide, tall));
    if (layers.data && this.data) this.drawDots(context, this.data, cssColour('data'), 1.3, 0.35);
    if (layers.pairs && this.pairs) this.drawPairs(context);
    const flow = exactOnly ? this.exactFlow : this.flow, colour = cssColour(exactOnly ? 'exact' : 'flow');
    if (layers.trails && flow) this.drawTrails(context, flow, colour);
    if (layers.exact && this.exactFlow) this.drawParticles(context, this.exactFlow, cssColour('exact'));
    const solved = this.solver && flow && !exactOnly;
    if (layers.error && solved) drawErrors(context, this, flow);
    else if (layers.flow && flow) this.drawParticles(context, flow, colour);
    if (layers.steps && solved) drawSteps(context, this, flow);
    if (layers.jumped && this.jumps) this.drawParticles(context, jumpedFlow(this.jumps), colour);
    if (layers.jumps && this.jumps && !exactOnly) drawJumps(context, this);
    if (layers.field && this.field) this.drawField(context, (...of) => this.drawArrows(context, ...of));
    if (layers.streams && this.field) this.drawField(context, (...of) => this.drawStreamlines(context, ...of));
    if (this.chosen) this.drawChosen(context);
  }

  drawDots(context, points, colour, size, alpha) {
    const { shape: [n, dim], values } = points;
    context.fillStyle = colour;
    context.globalAlpha = alpha;
    for (let k = 0; k < n; k++) {
      const [x, y] = this.toPage(values[k * dim], dim > 1 ? values[k * dim + 1] : 0);
      context.fillRect(x - size / 2, y - size / 2, size, size);
    }
    context.globalAlpha = 1;
  }

  drawParticles(context, flow, colour) {
    const places = this.places(flow);
    const size = places.length > 6000 ? 2 : 2.8;
    context.fillStyle = colour;
    context.globalAlpha = 0.75;
    for (let k = 0; k < places.length; k += 2) context.fillRect(places[k] - size / 2, places[k + 1] - size / 2, size, size);
    context.globalAlpha = 1;
  }

  drawTrails(context, flow, colour) {
    const [, n, dim] = flow.points.shape;
    const values = flow.points.values;
    const [k, part] = this.between(flow);
    const count = Math.min(n, 250);
    context.strokeStyle = colour;
    context.globalAlpha = 0.3;
    context.lineWidth = 1;
    context.beginPath();
    for (let i = 0; i < count; i++) {
      for (let s = 0; s <= k + 1; s++) {
        let a = (s * n + i) * dim;
        let x = values[a], y = dim > 1 ? values[a + 1] : 0;
        if (s === k + 1) {
          const b = (k * n + i) * dim;
          x = values[b] + part * (x - values[b]);
          y = dim > 1 ? values[b + 1] + part * (y - values[b + 1]) : 0;
        }
        const [px, py] = this.toPage(x, y);
        if (s === 0) context.moveTo(px, py);
        else context.lineTo(px, py);
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  // Draws with the origin at the upper left corner of a grid, which may be another part of the plane than the picture, since
  // the user has zoomed meanwhile. `draw(width, height)` gets the size of the grid on the page.
  within(context, [left, right, low, high], draw) {
    const [x, y] = this.toPage(left, high), [endX, endY] = this.toPage(right, low);
    context.save();
    context.translate(x, y);
    draw(endX - x, endY - y);
    context.restore();
  }

  // Draws an arrow in the middle of each cell. `scale` are velocities whose largest one is as long as a cell; by default those
  // that are drawn.
  drawArrows(context, velocity, colour, alpha, scale = velocity) {
    const { side, limits: [left, right, low, high] } = this.field;
    const sx = this.width / (this.limits[1] - this.limits[0]), sy = this.height / (this.limits[3] - this.limits[2]);
    const cell = Math.min(((right - left) / side) * sx, ((high - low) / side) * sy);
    let most = 1e-9;
    for (let k = 0; k < scale.length; k += 2) most = Math.max(most, Math.hypot(scale[k] * sx, scale[k + 1] * sy));
    context.strokeStyle = colour;
    context.globalAlpha = alpha;
    context.lineWidth = 1.3;
    context.beginPath();
    for (let j = 0; j < side; j++) {
      for (let i = 0; i < side; i++) {
        const at = 2 * (j * side + i);
        const u = velocity[at] * sx, v = velocity[at + 1] * sy, speed = Math.hypot(u, v);
        if (!(speed > 0)) continue;
        const length = cell * 0.85 * Math.sqrt(speed / most);
        const dx = (u / speed) * length, dy = (-v / speed) * length;
        const [middleX, middleY] = this.toPage(left + ((i + 0.5) / side) * (right - left), low + ((j + 0.5) / side) * (high - low));
        const x = middleX - dx / 2, y = middleY - dy / 2;
        context.moveTo(x, y);
        context.lineTo(x + dx, y + dy);
        addTip(context, x + dx, y + dy, Math.atan2(dy, dx), Math.min(5, length * 0.4));
      }
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  // Draws the streamlines of a velocity, with a tip in the middle of each.
  drawStreamlines(context, velocity, colour, alpha) {
    const { side, limits } = this.field, [left, right, low, high] = limits;
    const { lines } = this, key = colour + Boolean(this.layers.difference);
    if (lines.of !== this.field) Object.assign(lines, { of: this.field, all: new Map() });
    if (!lines.all.has(key)) lines.all.set(key, streamlines(side, velocity, (right - left) / (high - low)));
    context.strokeStyle = colour;
    context.globalAlpha = alpha;
    context.lineWidth = 1.2;
    this.within(context, limits, (wide, tall) => {
      context.beginPath();
      for (const line of lines.all.get(key)) {
        line.forEach(([x, y], k) => (k ? context.lineTo(x * wide, (1 - y) * tall) : context.moveTo(x * wide, (1 - y) * tall)));
        const middle = Math.floor(line.length / 2), [[ax, ay], [bx, by]] = [line[middle - 1], line[middle]];
        addTip(context, bx * wide, (1 - by) * tall, Math.atan2((ay - by) * tall, (bx - ax) * wide), 5);
      }
      context.stroke();
    });
    context.globalAlpha = 1;
  }

  // Draws the learned field, the exact one or both, or their difference. `draw(velocity, colour, alpha, scale)` draws one.
  drawField(context, draw) {
    const { learned, exact } = this.field;
    if (this.exactOnly) {
      if (exact) draw(exact, cssColour('exact'), 0.9);
      return;
    }
    if (this.layers.difference) {
      const difference = fieldDifference(this.field);
      if (difference) draw(difference.velocity, cssColour('ink'), 0.8, exact);
      return;
    }
    if (this.layers.exact && exact) draw(exact, cssColour('exact'), 0.9);
    if (learned) draw(learned, cssColour('ink'), this.layers.exact && exact ? 0.55 : 0.7);
  }

  // Draws the density as a heat map: the learned one by the likelihood or, until that is known, by particles. The exact one
  // adds contour lines. Learned and exact densities of one time have the same colours.
  drawDensity(context, width, height) {
    const { particles, learned, exact } = this.density, { image } = this;
    if (this.layers.difference && !this.exactOnly) {
      const difference = densityDifference(this.density);
      if (difference) drawHeat(context, image, difference, true, width, height, Math.max(largest(difference.values), 0.1 * largest(exact.values)));
      return;
    }
    const both = learned && exact ? Math.max(largest(learned.values), largest(exact.values)) : 0;
    if (this.exactOnly) {
      if (exact) drawHeat(context, image, exact, false, width, height, both || largest(exact.values));
      return;
    }
    const shown = learned || particles;
    drawHeat(context, image, shown, false, width, height, (learned && both) || largest(shown.values));
    if (!this.layers.exact || !exact) return;
    context.strokeStyle = cssColour('exact');
    context.lineWidth = 1.4;
    for (const share of [0.05, 0.25, 0.5, 0.75]) drawContour(context, exact, share * largest(exact.values), width, height);
  }

  drawPairs(context) {
    const { x0, x1 } = this.pairs;
    const [n, dim] = x0.shape;
    context.lineWidth = 1;
    context.strokeStyle = cssColour('soft');
    context.globalAlpha = 0.55;
    context.beginPath();
    for (let k = 0; k < n; k++) {
      context.moveTo(...this.toPage(x0.values[k * dim], x0.values[k * dim + 1]));
      context.lineTo(...this.toPage(x1.values[k * dim], x1.values[k * dim + 1]));
    }
    context.stroke();
    context.globalAlpha = 1;
    this.drawDots(context, x0, cssColour('flow'), 4, 1);
    this.drawDots(context, x1, cssColour('data'), 4, 1);
  }

  drawChosen(context) {
    const { x, points, weights, velocity } = this.chosen;
    const [px, py] = this.toPage(x[0], x[1]);
    const [n, dim] = points.shape;
    const most = Math.max(...weights.values, 1e-12);
    const count = weights.values.reduce((a, w) => a + w, 0) / most;  // how many of the heaviest the weights amount to
    const size = Math.max(2.4, Math.min(8, 26 / Math.sqrt(count)));
    for (let k = n - 1; k >= 0; k--) {
      const share = weights.values[k] / most;
      if (share < 0.004) continue;
      const [qx, qy] = this.toPage(points.values[k * dim], points.values[k * dim + 1]);
      context.strokeStyle = context.fillStyle = cssColour('data');
      context.globalAlpha = (0.05 + 0.45 * share) * Math.min(1, 12 / count);
      context.lineWidth = 0.8;
      context.beginPath();
      context.moveTo(px, py);
      context.lineTo(qx, qy);
      context.stroke();
      context.globalAlpha = 0.15 + 0.75 * share;
      context.beginPath();
      context.arc(qx, qy, size * Math.sqrt(share), 0, 7);
      context.fill();
    }
    context.globalAlpha = 1;
    context.fillStyle = cssColour('ink');
    context.beginPath();
    context.arc(px, py, 5, 0, 7);
    context.fill();
    if (!velocity.values.every(Number.isFinite)) return;
    const [ex, ey] = this.toPage(x[0] + velocity.values[0] * 0.5, x[1] + velocity.values[1] * 0.5);
    context.strokeStyle = cssColour('exact');
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(px, py);
    context.lineTo(ex, ey);
    const angle = Math.atan2(ey - py, ex - px);
    for (const turn of [-0.45, 0.45]) {
      context.moveTo(ex - 11 * Math.cos(angle + turn), ey - 11 * Math.sin(angle + turn));
      context.lineTo(ex, ey);
    }
    context.stroke();
  }
}

export { Stage };
