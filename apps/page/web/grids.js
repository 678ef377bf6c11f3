// Asks for velocities and densities on grids at the time of the slider, and compares the learned ones with the exact ones.
import { shortNumber } from './curves.js';

const kArrows = 22;                 // arrows per side of the field
const kCells = 48, kTile = 16;      // cells per side of a density, which is asked for in tiles
const kRest = 300;                  // milliseconds that time and weights must rest before the likelihood is asked for
const kSolver = { solver: 'rk4', steps: 8 };

// Counts particles in cells and smooths the counts: the density of the particles at time t.
function particleDensity(stage, flow, side) {
  const places = stage.places(flow);
  const counts = new Float32Array(side * side);
  for (let k = 0; k < places.length; k += 2) {
    const i = Math.floor((places[k] / stage.width) * side), j = Math.floor((1 - places[k + 1] / stage.height) * side);
    if (i >= 0 && i < side && j >= 0 && j < side) counts[j * side + i] += 1;
  }
  const weights = [0.06, 0.24, 0.4, 0.24, 0.06];
  const pass = (from, stride) => {
    const to = new Float32Array(side * side);
    for (let j = 0; j < side; j++)
      for (let i = 0; i < side; i++)
        for (let d = -2; d <= 2; d++) {
          const place = stride === 1 ? i + d : j + d;
          if (place >= 0 && place < side) to[j * side + i] += weights[d + 2] * from[j * side + i + d * stride];
        }
    return to;
  };
  return { side, values: pass(pass(counts, 1), side) };
}

const kept = (v) => (Number.isFinite(v) ? Math.exp(v) : 0);
const exactKnown = (page) => Boolean(page.about && !page.about.no_exact);

// Asks for what the pictures need at the time of the slider. The density that is shown first counts particles; the one by
// the likelihood follows when time and weights rest.
async function askGrids(page) {
  if (!page.about || page.about.dim !== 2) return;
  const mine = page.opened, { stage } = page, { limits, t } = stage;
  const wanted = page.views.wanted();
  const same = () => mine === page.opened;
  if (wanted.field) {
    const question = { ask: 'field', t, side: kArrows, limits };
    const learned = await page.ask(question);
    const exact = wanted.exact && exactKnown(page) ? await page.ask({ ...question, exact: true }) : null;
    if (same()) stage.field = { t, limits, side: kArrows, learned: learned.arrays.velocity.values, exact: exact && exact.arrays.velocity.values };
  }
  if (wanted.density && stage.flow) {
    const density = { t, step: page.step, limits, particles: particleDensity(stage, stage.flow, 72), learned: null, exact: null };
    const before = stage.density;
    const usable = before && before.t === t && before.limits === limits;
    if (usable) density.exact = before.exact;
    if (usable && before.step === page.step) density.learned = before.learned;
    if (wanted.exact && exactKnown(page) && !density.exact) {
      const { arrays } = await page.ask({ ask: 'density', exact: true, t, side: kCells, limits });
      density.exact = { side: kCells, values: arrays.log_density.values.map(kept) };
    }
    if (same()) stage.density = density;
    if (same() && !density.learned) askLikelihoodLater(page);
  }
  stage.dirty = true;
  if (same()) page.caption();
}

function askLikelihoodLater(page) {
  clearTimeout(page.likelihoodTimer);
  page.likelihoodTimer = setTimeout(() => {
    if (!page.training && !page.playing) page.guard(() => askLikelihoodDensity(page));
  }, kRest);
}

// Asks for the learned density by the flow's likelihood, tile by tile, and stops when the picture has changed meanwhile.
async function askLikelihoodDensity(page) {
  const { stage } = page, { density } = stage, mine = page.opened;
  if (!density || density.learned) return;
  const stale = () => mine !== page.opened || density !== stage.density || page.training || page.playing;
  const values = new Float32Array(kCells * kCells);
  const [left, right, low, high] = density.limits, tiles = kCells / kTile;
  const wide = (right - left) / tiles, tall = (high - low) / tiles;
  for (let row = 0; row < tiles; row++)
    for (let column = 0; column < tiles; column++) {
      if (stale()) return;
      const limits = [left + column * wide, left + (column + 1) * wide, low + row * tall, low + (row + 1) * tall];
      const { arrays } = await page.ask({ ask: 'density', t: density.t, side: kTile, limits, ...kSolver });
      for (let j = 0; j < kTile; j++)
        for (let i = 0; i < kTile; i++) values[(row * kTile + j) * kCells + column * kTile + i] = kept(arrays.log_density.values[j * kTile + i]);
    }
  if (stale()) return;
  density.learned = { side: kCells, values };
  stage.dirty = true;
  page.caption();
}

const minus = (a, b) => Float32Array.from(a, (v, k) => v - b[k]);
const sizeOf = (values) => Math.sqrt(values.reduce((sum, v) => sum + v * v, 0));

// Returns learned minus exact: {velocity, away} with the size of the difference over that of the exact field, or null.
function fieldDifference(field) {
  if (!field || !field.exact) return null;
  const velocity = minus(field.learned, field.exact);
  return { velocity, away: sizeOf(velocity) / Math.max(sizeOf(field.exact), 1e-12) };
}

// Returns learned minus exact: {side, values, away} with half the integral of its absolute value, or null.
function densityDifference(density) {
  if (!density || !density.learned || !density.exact) return null;
  const values = minus(density.learned.values, density.exact.values), { side } = density.learned;
  const [left, right, low, high] = density.limits;
  const cell = ((right - left) * (high - low)) / (side * side);
  return { side, values, away: 0.5 * cell * values.reduce((sum, v) => sum + Math.abs(v), 0) };
}

// Returns sentences about the density and the exact answer, and about how far the learned one is from it. `wanted` is
// Views.wanted; `known` says whether there is an exact answer, and `finite` whether it is that of a finite set of points.
function comparedWords(stage, wanted, known, finite) {
  const words = [], { field, density } = stage;
  if (wanted.density && density)
    words.push(density.learned ? 'The density is the likelihood of the learned flow.' : density.later || 'The density counts particles; the likelihood of the flow follows when time and training rest.');
  if (!wanted.exact || !known) return words;
  words.push('Green is the exact answer.');
  const fields = fieldDifference(field), densities = densityDifference(density);
  if (wanted.field && fields) words.push(`At t = ${shortNumber(field.t)} the learned field differs by ${shortNumber(100 * fields.away)} % of the exact one’s size, over the whole picture.`);
  if (wanted.density && density && density.t > 0.97 && finite) words.push('Near t = 1 the exact density of a finite set is a narrow peak at each point, which the grid of the picture cannot show.');
  else if (wanted.density && densities) words.push(`The densities differ by ${shortNumber(densities.away)} (half of ∫ |learned − exact|, 0 to 1).`);
  return words;
}

export { askGrids, comparedWords, particleDensity, askLikelihoodLater, fieldDifference, densityDifference };
