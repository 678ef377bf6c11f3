// Help in place: what each control is, with its equation and the section of docs/theory.md about it.
import { element } from './elements.js';

// For each key: title, words, formula, and the anchor of a section of docs/theory.md, or "" if it has none.
const kHelp = {
  data: ['Data', 'The points that the flow shall produce at t = 1. Pick a set, draw your own points, or drop a CSV file.', 'x₁ ~ q(x₁)', 'the-pushforward'],
  source: ['Source', 'The noise from which every point starts at t = 0.', 'x₀ ~ p₀(x₀)', 'the-pushforward'],
  learns: ['Learns', 'Velocity: the field whose ODE a solver follows in many steps. One-step map: a network of two times that jumps from time s to time t at once, so that one evaluation makes a sample. It is trained on its velocity and on a condition that the exact map satisfies: the Lagrangian one, or that of mean flows. The layer One step shows its jumps; the tab Solvers makes a map of a flow that is trained already, which is the better start.', 'X(x, s, t) = x + (t − s) v(x, s, t),  v(x, t, t) = u(x, t)', 'the-lagrangian-condition'],
  path: ['Path', 'How noise and data are mixed at time t. Straight lines mix them evenly; the others bend.', 'xₜ = α(t) x₁ + σ(t) x₀', 'affine-maps'],
  coupling: ['Coupling', 'Which noise is paired with which data point. Optimal transport pairs near ones, so that fewer lines cross and the flow is straighter.', '(x₀, x₁) ~ π(x₀, x₁)', 'entropic-transport'],
  prediction: ['Prediction', 'What the network is asked for. Velocity, data and noise can be converted into one another.', 'u(x, t), E[x₁ | x], E[x₀ | x]', 'data'],
  time: ['Times of training', 'How the times t of the training rows are drawn. Logit-normal puts more of them in the middle.', 't ~ p(t)', 'the-conditional-flow-matching-loss'],
  layers: ['Layers', 'The number of hidden layers of the network.', 'u(x, t) = W₃ s(W₂ s(W₁ [x, t]))', 'the-flow-matching-loss'],
  width: ['Width', 'The numbers in each hidden layer. The time of a step grows about with the square of it.', '', 'the-flow-matching-loss'],
  lr: ['Step size', 'The learning rate: how far the weights move in a step. Too large a value diverges.', 'θ ← θ − lr · m / (√v + ε)', ''],
  batch: ['Batch', 'The pairs of noise and data in each training step.', '', 'the-conditional-flow-matching-loss'],
  steps: ['Steps', 'The length of the training. The learning rate falls to zero along half a cosine.', '', ''],
  seed: ['Seed', 'Every random number follows from it: the same seed gives the same training, here and in the program.', '', ''],
  loss: ['The loss', 'The mean squared difference between the network and the velocity of single pairs. It does not fall to zero, because many pairs pass through one point.', 'E |u(xₜ, t) − (α′ x₁ + σ′ x₀)|²', 'why-the-conditional-loss-is-enough'],
  posterior: ['From conditional to marginal', 'A click asks which data points x could be going to at time t. Their weights are the posterior, and the mean of their velocities is the marginal velocity, which the network learns.', 'u(x, t) = E[dxₜ/dt | xₜ = x]', 'the-marginal-velocity-is-a-conditional-expectation'],
  solver: ['Solver', 'How the flow is followed from noise to data: by steps of a rule, or by steps whose length adapts to the error.', 'dx/dt = u(x, t)', 'the-flow-map'],
  moment: ['Time of the flow', 'The flow begins with noise at t = 0 and ends with data at t = 1. The slider shows every layer at this time. Play moves it.', 'φₜ(x₀), 0 ≤ t ≤ 1', 'the-flow-map'],
  training: ['Train, step, restart', 'Train takes steps until you pause; Step takes one; Restart begins again from the seed, with the same numbers.', 'θ ← θ − lr · ∇ loss', 'the-conditional-flow-matching-loss'],
  figures: ['The numbers', 'The mean of −ln p over data that was not drawn for training is computed with the likelihood of the flow. Above the entropy is its distance to the best possible value, the entropy of the data.', '−ln p₁(x₁) = −ln p₀(x₀) + ∫ div u dt', 'the-density-along-the-flow'],
  shown: ['Layers of the picture', 'Data: the points to learn. Flow: samples at time t. Trails: their ways. Field: velocities as arrows. Streamlines: curves along the velocities of this time. Density: the likelihood of the learned flow. Pairs: a batch, with noise in blue and data in orange. Exact: the exact flow, where it is known. Difference: learned minus exact, as arrows and as a heat map from blue (too little) to orange (too much). Solver error: the colour of a point says how far its end is from that of many small steps. Solver steps: the ways of some points, with a dot at each step and a ring at each rejected one. One step: the jumps of a one-step map as arrows, beside the paths of its ODE.', 'u(x, t), ln pₜ(x)', 'the-density-along-the-flow'],
  strokes: ['Layers of the picture', 'Paths: the ways of single numbers from noise to data. Velocity: short strokes with the slope that the learned velocity has at their place and time. Exact velocity: the same for the exact flow, in green, where it is known.', 'dx/dt = u(x, t)', 'the-flow-map'],
  density: ['Density', 'The flow carries the density of the noise along: where its paths come together the density rises, where they part it falls. The picture shows it at t = 1 on a grid, computed by the likelihood of the flow.', 'ln p₁(x₁) = ln p₀(x₀) − ∫ div u dt', 'the-density-along-the-flow'],
  beside: ['Two pictures', 'Another picture of the same flow beside the first. Both have the same time and zoom. The wheel zooms, a double click shows everything again; the keys are + − 0.', '', 'the-continuity-equation'],
  values: ['Values', 'The tape records each value when it is computed. Values never change.', 'y = op(a, b)', ''],
  cotangent: ['Cotangents and the downward sweep', 'The cotangent g of a value says how much the loss changes with it. The sweep goes from the loss to the inputs; each op multiplies g by its slope and passes it to its inputs, where it is added up.', 'g(a) = Σ g(y) · ∂y/∂a', ''],
  tangent: ['Tangents and the upward sweep', 'The tangent of a value says how fast it moves when the inputs move in a chosen direction. The sweep goes from the inputs to the result; each op multiplies the tangents of its inputs by its slopes.', 'ẏ = Σ ∂y/∂a · ȧ', ''],
  differences: ['Differences', 'The engine also computes the result for x + h and x − h, for each number x of the inputs. A large h errs because the function bends, a small one because float32 rounds; the curve shows both.', '(y(x + h) − y(x − h)) / 2h', ''],
  open: ['Open', 'A report of pushforward, or the config.json and model.safetensors of a run opened together: the training goes on from these weights. A config alone begins a training. Weights alone are for the network that the page shows. A table (CSV or NPY) becomes the data. Files can also be dropped on the page, and tables pasted.', 'θ₀ = θ of the run', ''],
  tokens: ['Tokens', 'Data may be sequences of tokens. At time t each place has its token of the data with probability κ(t), else that of the source. The network learns the posterior of the data token at each place, and the chain jumps with the rate below.', 'u(y | x) = κ′ / (1 − κ) · (p(x₁ = y | x) − [y = x])', 'the-rate-from-the-posterior'],
};

const kMathMl = 'http://www.w3.org/1998/Math/MathML';

// Makes the elements of a part of the theory (apps/page/theory.py): a text, or a name, attributes and parts.
function makePart(part) {
  if (typeof part === 'string') return document.createTextNode(part);
  const [name, ...rest] = part;
  const made = name === 'p' ? document.createElement('p') : document.createElementNS(kMathMl, name);
  for (const one of rest) {
    if (typeof one === 'string' || Array.isArray(one)) made.append(makePart(one));
    else for (const [key, value] of Object.entries(one)) made.setAttribute(key, value);
  }
  return made;
}

const readTheory = () => JSON.parse(document.getElementById('theory').textContent || '{}');

let cameFrom = null;  // what had the focus before the help opened

function closeHelp() {
  const box = document.getElementById('help');
  if (!box.hidden && cameFrom && cameFrom.isConnected) cameFrom.focus();
  box.hidden = true;
}

// Shows the help of a control in the corner of the page, with the section of the theory below it.
function showHelp(key) {
  const box = document.getElementById('help');
  const [title, words, formula, place] = kHelp[key];
  if (box.hidden) cameFrom = document.activeElement;
  box.replaceChildren(element('h3', title), element('p', words));
  if (formula) box.append(element('p', formula, 'formula'));
  const section = place && readTheory()[place];
  if (section) {
    const more = element('details');
    more.append(element('summary', `The theory: ${section.title}`), ...section.parts.map(makePart), element('p', `From docs/theory.md#${place} of the project, where each equation has its checks.`, 'caption'));
    box.append(more);
  }
  const close = element('button', '✕');
  close.setAttribute('aria-label', 'Close the help');
  close.onclick = closeHelp;
  box.append(close);
  box.setAttribute('aria-label', title);
  box.hidden = false;
  close.focus();
}

function helpButton(key) {
  const button = document.createElement('button');
  button.className = 'ask';
  button.type = 'button';
  button.textContent = '?';
  button.dataset.help = key;
  button.setAttribute('aria-label', `Help: ${kHelp[key][0]}`);
  button.onclick = () => showHelp(key);
  return button;
}

export { helpButton, closeHelp };
