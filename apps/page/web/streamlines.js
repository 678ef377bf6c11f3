// Streamlines of a velocity field on a grid: curves whose direction is that of the velocity at each of their points.
const kLines = 18;          // squares per side of the picture, each with one line at most
const kLineStep = 0.006;    // length of a step, as a share of the picture's side
const kMostSteps = 90, kFewestSteps = 6;

// Returns a function that interpolates the velocity between the middles of the grid's cells, at (x, y) in [0, 1]^2 with y
// upwards. The result has the length 1, or is null where the velocity is 0 or not finite.
function directionsOf(side, velocity, aspect) {
  return (x, y) => {
    const place = (v) => Math.min(Math.max(v * side - 0.5, 0), side - 1);
    const px = place(x), py = place(y), i = Math.min(Math.floor(px), side - 2), j = Math.min(Math.floor(py), side - 2), a = px - i, b = py - j;
    const mix = (k) => {
      const at = (ii, jj) => velocity[2 * (jj * side + ii) + k];
      return (1 - b) * ((1 - a) * at(i, j) + a * at(i + 1, j)) + b * ((1 - a) * at(i, j + 1) + a * at(i + 1, j + 1));
    };
    const u = mix(0), v = mix(1) * aspect, speed = Math.hypot(u, v);
    return speed > 1e-12 && Number.isFinite(speed) ? [u / speed, v / speed] : null;
  };
}

// Returns the points of the line from (x, y) with or against the field, by midpoint steps, until it leaves the picture or
// comes into a square that another line has taken.
function followLine(direction, x, y, sign, free) {
  const points = [];
  for (let k = 0; k < kMostSteps; k++) {
    const first = direction(x, y);
    const middle = first && direction(x + (sign * first[0] * kLineStep) / 2, y + (sign * first[1] * kLineStep) / 2);
    if (!middle) break;
    x += sign * middle[0] * kLineStep;
    y += sign * middle[1] * kLineStep;
    if (x < 0 || x > 1 || y < 0 || y > 1 || !free(x, y)) break;
    points.push([x, y]);
  }
  return points;
}

// Returns lines, each a list of points (x, y) in [0, 1]^2 in the direction of the flow, which are spread evenly over the
// picture. `aspect` is the picture's width over its height, both in units of the data.
function streamlines(side, velocity, aspect = 1) {
  const direction = directionsOf(side, velocity, aspect), taken = new Int32Array(kLines * kLines), lines = [];
  const square = (x, y) => Math.min(Math.floor(y * kLines), kLines - 1) * kLines + Math.min(Math.floor(x * kLines), kLines - 1);
  // From the middle outwards, so that the lines in the middle are long.
  const seeds = Array.from({ length: kLines * kLines }, (_, k) => [((k % kLines) + 0.5) / kLines, (Math.floor(k / kLines) + 0.5) / kLines]);
  seeds.sort((a, b) => Math.hypot(a[0] - 0.5, a[1] - 0.5) - Math.hypot(b[0] - 0.5, b[1] - 0.5));
  for (const [x, y] of seeds) {
    if (taken[square(x, y)]) continue;
    const mine = lines.length + 1;
    const free = (px, py) => taken[square(px, py)] === 0 || taken[square(px, py)] === mine;
    const before = followLine(direction, x, y, -1, free).reverse(), after = followLine(direction, x, y, 1, free);
    const line = [...before, [x, y], ...after];
    if (line.length < kFewestSteps) continue;
    for (const [px, py] of line) taken[square(px, py)] = mine;
    lines.push(line);
  }
  return lines;
}

export { streamlines };
