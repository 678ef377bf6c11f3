// From conditional to marginal: the data points to which a point x at time t can be going, with their probabilities, and
// their mean velocity. The engine sends the path and the source (apps/page/path_message.h); a live and a recorded run use
// the data points that the page shows.
import { shortNumber } from './curves.js';

const kMostDestinations = 2000;

// Returns the coefficients of the path at the recorded time nearest to t.
function coefficientsAt(path, t) {
  const { arrays } = path, times = arrays.t.values, last = times.length - 1;
  const k = Math.min(Math.max(Math.round((t / times[last]) * last), 0), last);
  const of = (name) => arrays[name].values[k];
  return { t: times[k], alpha: of('alpha'), sigma: of('sigma'), dalpha: of('dalpha'), dsigma: of('dsigma') };
}

// Returns the posterior of the data points `data` {shape: [n, D], values} given the point x at time t, for xt = alpha x1 +
// sigma x0 with x0 from a mixture of Gaussians N(mean, std^2): of each pair of a data point and a component,
//   ln weight - |xt - m|^2 / 2 v - D / 2 ln v,   m = alpha x1 + sigma mean,   v = sigma^2 std^2,
// normalised, and the marginal velocity, the mean of dalpha x1 + dsigma mean + (dsigma / sigma) (xt - m).
// `wide`: the picture shows xt / sqrt(alpha^2 + sigma^2).
function findPosterior(path, data, x, t, wide = false) {
  const { head, arrays } = path, c = coefficientsAt(path, t), { scale, shift } = head;
  const [n, dim] = data.shape, parts = arrays.weights.values.length;
  const spread = wide ? Math.hypot(c.alpha, c.sigma) : 1;
  const inFlow = x.map((v, j) => (v * spread - shift[j]) / scale[j]);
  const logs = new Float64Array(n * parts), rate = c.dsigma / c.sigma;
  let most = -Infinity;
  for (let k = 0; k < n; k++)
    for (let s = 0; s < parts; s++) {
      let square = 0;
      for (let j = 0; j < dim; j++) square += (inFlow[j] - c.alpha * ((data.values[k * dim + j] - shift[j]) / scale[j]) - c.sigma * arrays.means.values[s * dim + j]) ** 2;
      const v = (c.sigma * arrays.stds.values[s]) ** 2;
      logs[k * parts + s] = Math.log(arrays.weights.values[s]) - square / (2 * v) - (dim / 2) * Math.log(v);
      most = Math.max(most, logs[k * parts + s]);
    }
  const all = logs.map((l) => Math.exp(l - most)), total = all.reduce((a, b) => a + b, 0);
  const weight = new Float64Array(n), velocity = new Float64Array(dim);
  for (let k = 0; k < n; k++)
    for (let s = 0; s < parts; s++) {
      const r = all[k * parts + s] / total;
      weight[k] += r;
      for (let j = 0; j < dim && r > 0; j++) {
        const x1 = (data.values[k * dim + j] - shift[j]) / scale[j], mean = arrays.means.values[s * dim + j];
        velocity[j] += (r * scale[j] * (c.dalpha * x1 + c.dsigma * mean + rate * (inFlow[j] - c.alpha * x1 - c.sigma * mean))) / spread;
      }
    }
  const order = Array.from(weight, (_, k) => k).sort((a, b) => weight[b] - weight[a]).slice(0, kMostDestinations);
  return {
    x, t: c.t, rows: n, finite: head.rows === n, independent: head.independent,
    points: { shape: [order.length, dim], values: Float32Array.from(order.flatMap((k) => Array.from(data.values.subarray(k * dim, (k + 1) * dim)))) },
    weights: { shape: [order.length], values: Float64Array.from(order, (k) => weight[k]) },
    velocity: { shape: [dim], values: velocity },
  };
}

// Says that a posterior is not known, and why.
const wordsWithoutPosterior = (why) => `Where a point can be going is not known here: ${why}.`;

// Says what the picture of a posterior shows.
function wordsOfPosterior({ x, t, rows, finite, independent }) {
  return `From x = (${x.map(shortNumber).join(', ')}) at t = ${shortNumber(t)}: the data points it could be going to, weighted by their posterior, and half a unit of time of the marginal velocity`
    + `${finite ? '' : ` (${rows.toLocaleString('en')} rows stand for the data)`}${independent ? '.' : '. It is exact for the independent coupling only.'}`;
}

export { findPosterior, wordsWithoutPosterior, wordsOfPosterior };
