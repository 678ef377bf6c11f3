// Two pictures side by side, with one time and one zoom: the picture of the chosen layers, and another one of the same flow.
import { element } from './elements.js';
import { helpButton } from './help.js';

// What can be beside the picture: its name, and its layers. Without layers it has those of the first picture.
const kBeside = [
  ['', 'nothing', null], ['exact', 'exact answer', null], ['data', 'data', ['data']], ['flow', 'samples', ['flow']], ['trails', 'trails', ['trails', 'flow']],
  ['field', 'field', ['field']], ['streams', 'streamlines', ['streams']], ['density', 'density', ['density']], ['difference', 'learned minus exact', ['difference', 'density', 'field']], ['jumped', 'samples by jumps', ['jumped']],
];
const kZoom = 1.25;

// `page` is the live page or the picture of a report. It has the first picture, `stage`; the second one's name, `state.beside`;
// `lacks(key)`, whether something cannot be shown; and asks for what a picture needs by `askGrids` and `refresh`.
class Views {
  constructor(page, canvas) {
    this.page = page;
    this.first = page.stage;
    // The second picture reads everything that it does not own from the first.
    this.second = Object.assign(Object.create(page.stage), { canvas, image: document.createElement('canvas'), layers: {}, exactOnly: false, dirty: true });
    this.tags = [element('span', '', 'tag'), element('span', '', 'tag')];
    [page.stage.canvas, canvas].forEach((one, k) => {
      one.parentElement.append(this.tags[k]);
      one.addEventListener('wheel', (event) => {
        event.preventDefault();
        this.zoom(event.deltaY < 0 ? kZoom : 1 / kZoom, event.offsetX, event.offsetY, k === 0 ? this.first : this.second);
      }, { passive: false });
      one.addEventListener('dblclick', () => this.reset());
    });
  }

  get beside() { return this.page.state.beside; }

  // Puts another picture beside the first, or none.
  put(key) {
    this.page.state.beside = key;
    this.apply();
  }

  // Gives the second picture its layers, and both pictures their names.
  apply() {
    if (this.beside && this.page.lacks(this.beside)) this.page.state.beside = '';
    const [key, name, layers] = kBeside.find(([k]) => k === this.beside) || kBeside[0];
    this.page.state.beside = key;
    const box = this.second.canvas.parentElement;
    box.hidden = !this.beside;
    document.getElementById('stages').classList.toggle('side-by-side', Boolean(this.beside));
    this.second.exactOnly = this.beside === 'exact';
    if (this.beside === 'exact') this.second.layers = { ...this.first.layers, exact: false, difference: false };
    else this.second.layers = Object.fromEntries((layers || []).map((key) => [key, true]));
    const shown = Object.keys(this.first.layers).filter((k) => this.first.layers[k]);
    this.tags[0].textContent = this.beside ? (this.beside === 'exact' ? 'learned' : shown.join(', ') || 'nothing') : '';
    this.tags[1].textContent = this.beside === 'exact' ? 'exact' : name;
    this.first.dirty = true;
  }

  // Returns which kinds of answers the pictures need: {field, density, exact}.
  wanted() {
    const all = this.pictures();
    const has = (key) => all.some((s) => s.layers[key]);
    return { field: has('field') || has('streams'), solver: has('error') || has('steps'), jumps: has('jumps') || has('jumped'), density: has('density'), pairs: has('pairs'), exact: has('exact') || has('difference') || this.beside === 'exact' };
  }

  pictures() { return [this.first, ...(this.beside ? [this.second] : [])]; }

  draw() {
    if (this.beside && this.first.dirty) this.second.dirty = true;
    this.first.draw();
    if (this.beside) this.second.draw();
  }

  // Zooms both pictures around a place of one of them, in its pixels.
  zoom(factor, px, py, stage = this.first) {
    if (!stage.width) return;
    const { first } = this;
    if (!this.whole) this.whole = first.limits;
    const [x, y] = stage.toData(px, py), [left, right, low, high] = first.limits;
    const wide = (right - left) / factor, full = this.whole[1] - this.whole[0];
    if (wide > 4 * full || wide < full / 200) return;
    first.limits = [x - (x - left) / factor, x + (right - x) / factor, y - (y - low) / factor, y + (high - y) / factor];
    this.changed();
  }

  zoomMiddle(factor) { this.zoom(factor, this.first.width / 2, this.first.height / 2); }

  reset() {
    if (this.whole) this.first.limits = this.whole;
    this.whole = null;
    this.changed();
  }

  changed() {
    this.first.dirty = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { if (!this.page.training) this.page.guard(() => this.page.askGrids()); }, 150);
  }

  // Zooms with the keys + - 0. Returns whether the key is one of them.
  pressed(key) {
    if (key === '+' || key === '=') this.zoomMiddle(1.25);
    else if (key === '-') this.zoomMiddle(0.8);
    else if (key === '0') this.reset();
    else return false;
    return true;
  }

  // Returns the control that chooses the second picture.
  control() {
    const label = element('label', 'beside ', 'beside');
    const select = element('select');
    select.id = 'beside';
    for (const [key, name] of kBeside) {
      const option = element('option', name);
      option.value = key;
      option.disabled = key !== '' && this.page.lacks(key);
      select.append(option);
    }
    select.value = this.beside;
    select.onchange = () => {
      this.put(select.value);
      this.page.keep();
      if (!this.page.training) this.page.guard(() => this.page.refresh(true));
    };
    label.append(select, helpButton('beside'));
    return label;
  }
}

export { Views, kBeside };
