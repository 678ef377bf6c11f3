// Help in place: what each control is, with its equation and its place in docs/theory.md.

const kHelp = {
  data: ['Data', 'The points that the flow shall produce at t = 1. Pick a set, draw your own points, or drop a CSV file.', 'x₁ ~ q(x₁)', 'flows'],
  source: ['Source', 'The noise from which every point starts at t = 0.', 'x₀ ~ p₀(x₀)', 'flows'],
  path: ['Path', 'How noise and data are mixed at time t. Straight lines mix them evenly; the others bend.', 'xₜ = α(t) x₁ + σ(t) x₀', 'special-paths'],
  coupling: ['Coupling', 'Which noise is paired with which data point. Optimal transport pairs near ones, so that fewer lines cross and the flow is straighter.', '(x₀, x₁) ~ π(x₀, x₁)', 'couplings-and-noise-on-the-path'],
  prediction: ['Prediction', 'What the network is asked for. Velocity, data and noise can be converted into one another.', 'u(x, t), E[x₁ | x], E[x₀ | x]', 'predictions'],
  time: ['Times of training', 'How the times t of the training rows are drawn. Logit-normal puts more of them in the middle.', 't ~ p(t)', 'the-conditional-flow-matching-loss'],
  layers: ['Layers', 'The number of hidden layers of the network.', 'u(x, t) = W₃ s(W₂ s(W₁ [x, t]))', 'matching'],
  width: ['Width', 'The numbers in each hidden layer. A step costs about the square of it.', '', 'matching'],
  lr: ['Step size', 'The learning rate: how far the weights move in a step. Too large a value diverges.', 'θ ← θ − lr · m / (√v + ε)', 'the-flow-matching-loss'],
  batch: ['Batch', 'The pairs of noise and data in each training step.', '', 'the-conditional-flow-matching-loss'],
  steps: ['Steps', 'The length of the training. The learning rate falls to zero along half a cosine.', '', 'the-conditional-flow-matching-loss'],
  seed: ['Seed', 'Every random number follows from it: the same seed gives the same training, here and in the program.', '', 'matching'],
  loss: ['The loss', 'The mean squared difference between the network and the velocity of single pairs. It does not fall to zero, because many pairs pass through one point.', 'E |u(xₜ, t) − (α′ x₁ + σ′ x₀)|²', 'why-the-conditional-loss-is-enough'],
  posterior: ['From conditional to marginal', 'A click asks which data points x could be going to at time t. Their weights are the posterior, and the mean of their velocities is the marginal velocity, which the network learns.', 'u(x, t) = E[dxₜ/dt | xₜ = x]', 'the-marginal-velocity-is-a-conditional-expectation'],
  solver: ['Solver', 'How the flow is followed from noise to data: by steps of a rule, or by steps whose length adapts to the error.', 'dx/dt = u(x, t)', 'the-flow-map'],
};

const kTheory = 'docs/theory.md#';

// Shows the help of a control in the corner of the page.
function showHelp(key) {
  const box = document.getElementById('help');
  const [title, words, formula, place] = kHelp[key];
  box.replaceChildren();
  const add = (tag, text, name) => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (name) made.className = name;
    box.append(made);
    return made;
  };
  add('h3', title);
  add('p', words);
  if (formula) add('p', formula, 'formula');
  add('p', `More: ${kTheory}${place}`, 'caption');
  const close = add('button', '✕');
  close.setAttribute('aria-label', 'Close the help');
  close.onclick = () => { box.hidden = true; };
  box.hidden = false;
  close.focus();
}

function helpButton(key) {
  const button = document.createElement('button');
  button.className = 'ask';
  button.type = 'button';
  button.textContent = '?';
  button.setAttribute('aria-label', `Help: ${kHelp[key][0]}`);
  button.onclick = () => showHelp(key);
  return button;
}

export { helpButton, showHelp };
