// The flow of images: a grid of them at time t, samples beside data, and one image over time.
import { element, find, plural, startsAs } from './elements.js';
import { cssColour } from './colours.js';
import { sharpen } from './curves.js';
import { lastPoints } from './plane_view.js';

const kGap = 5, kStages = 10;

const rgb = (text) => [1, 3, 5].map((k) => parseInt(text.slice(k, k + 2), 16));

// Draws images (n, height * width) in a grid of `columns`. A pixel that is not a number is a mask and has a colour.
function drawImages(canvas, { height, width, low, high }, values, count, columns, marked = -1) {
  const { context, width: wide, height: tall } = sharpen(canvas);
  context.clearRect(0, 0, wide, tall);
  const rows = Math.ceil(count / columns);
  const cell = Math.min(wide / columns, tall / rows), size = cell - kGap;
  const [paper, ink, mask] = ['card', 'ink', 'data'].map((name) => rgb(cssColour(name)));
  const one = element('canvas');
  one.width = width;
  one.height = height;
  const small = one.getContext('2d');
  const picture = small.createImageData(width, height);
  context.imageSmoothingEnabled = false;
  const left = (wide - columns * cell) / 2;
  for (let i = 0; i < count; i++) {
    for (let p = 0; p < height * width; p++) {
      const v = values[i * height * width + p];
      const share = Math.min(Math.max((v - low) / (high - low), 0), 1);
      const colour = Number.isFinite(v) ? paper.map((c, k) => c + share * (ink[k] - c)) : mask;
      picture.data.set([...colour, 255], 4 * p);
    }
    small.putImageData(picture, 0, 0);
    const x = left + (i % columns) * cell, y = Math.floor(i / columns) * cell;
    context.drawImage(one, x + kGap / 2, y + kGap / 2, size, (size * height) / width);
    if (i === marked) {
      context.strokeStyle = cssColour('accent');
      context.lineWidth = 2.5;
      context.strokeRect(x + kGap / 2, y + kGap / 2, size, (size * height) / width);
    }
  }
  return { cell, left };
}

class ImageView {
  constructor(report) {
    this.report = report;
    this.flow = report.recording.first('flow');
    this.shape = report.run.image;
    this.count = this.flow.arrays.points.shape[1];
    this.columns = Math.ceil(Math.sqrt(this.count));
    this.chosen = 0;
    const canvas = element('canvas');
    canvas.id = 'stage';
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', 'Images flowing from noise to data; click one to see it over time');
    find('stages').append(canvas);
    this.canvas = canvas;
    canvas.style.cursor = 'pointer';
    canvas.onclick = (event) => {
      const box = canvas.getBoundingClientRect();
      const column = Math.floor((event.clientX - box.left - this.grid.left) / this.grid.cell), row = Math.floor((event.clientY - box.top) / this.grid.cell);
      const chosen = row * this.columns + column;
      if (column < 0 || column >= this.columns || chosen >= this.count) return;
      this.chosen = chosen;
      this.dirty = true;
      this.report.redraw();
    };
    find('flow-title').textContent = `From ${report.run.source} to images`;
    find('flow-says').textContent = this.shape.masks ? 'Each image starts as masks (coloured) at t = 0; its pixels are filled in until t = 1; move the slider or press play.' : `Each image starts as ${startsAs(report.run.source)} at t = 0 and follows the learned velocity to t = 1; move the slider or press play.`;
    find('caption').textContent = 'Click an image to see it over time below.';
  }

  // Returns the pixels of all images at time t.
  at(t) {
    const { times, points } = this.flow.arrays;
    const size = points.values.length / times.values.length;
    let k = 0;
    while (k < times.values.length - 2 && times.values[k + 1] <= t) k++;
    const part = Math.min(Math.max((t - times.values[k]) / (times.values[k + 1] - times.values[k]), 0), 1);
    const from = points.values.subarray(k * size, (k + 1) * size), to = points.values.subarray((k + 1) * size, (k + 2) * size);
    if (this.flow.head.jumps) return part < 1 ? from : to;
    return from.map((v, i) => v + part * (to[i] - v));
  }

  setTime(t) {
    this.t = t;
    this.dirty = true;
  }

  redraw() { this.dirty = true; }

  draw() {
    if (!this.dirty) return;
    this.dirty = false;
    this.grid = drawImages(this.canvas, this.shape, this.at(this.t), this.count, this.columns, this.chosen);
  }

  showPanels() {
    const { report } = this;
    const over = report.panel('over-time', 'One image over time', 'The image that is marked above, at ten times from its start to its end.');
    const strip = element('canvas', undefined, 'strip');
    strip.setAttribute('role', 'img');
    strip.setAttribute('aria-label', 'One image at ten times');
    over.append(strip);
    report.drawers.push(() => {
      const pixels = this.shape.height * this.shape.width, frames = new Float32Array(kStages * pixels);
      for (let k = 0; k < kStages; k++) frames.set(this.at(k / (kStages - 1)).subarray(this.chosen * pixels, (this.chosen + 1) * pixels), k * pixels);
      drawImages(strip, this.shape, frames, kStages, kStages);
    });
    const data = report.opened.arrays.points;
    if (!data) return;
    const end = lastPoints(this.flow.arrays.points);
    const box = report.panel('samples', 'Samples beside data', 'What the flow makes beside what it was trained on: one should not tell at once which is which.');
    const side = element('div', undefined, 'side');
    for (const [points, name] of [[data, 'data'], [end, 'samples']]) {
      const count = Math.min(points.shape[0], 64);
      const figure = element('figure');
      const canvas = element('canvas');
      canvas.setAttribute('role', 'img');
      canvas.setAttribute('aria-label', name);
      figure.append(canvas, element('figcaption', `${name}, ${plural(count, 'image')}`));
      side.append(figure);
      report.drawers.push(() => drawImages(canvas, this.shape, points.values, count, 8));
    }
    box.append(side);
  }
}

export { ImageView };
