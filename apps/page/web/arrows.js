// Tips of arrows.

// Adds the tip of an arrow that ends at (x, y) to the path.
function addTip(context, x, y, angle, size) {
  context.moveTo(x - size * Math.cos(angle - 0.5), y - size * Math.sin(angle - 0.5));
  context.lineTo(x, y);
  context.lineTo(x - size * Math.cos(angle + 0.5), y - size * Math.sin(angle + 0.5));
}

export { addTip };
