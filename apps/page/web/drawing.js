// Data that the user draws with the pointer.
import { find } from './elements.js';

const kMostDrawn = 8000, kFewestDrawn = 20;  // numbers, two for each point

function startDrawing(page) {
  page.setTraining(false);
  page.opened++;
  Object.assign(page.stage, { drawn: [], chosen: null, limits: [-3, 3, -3, 3], dirty: true });
  page.caption();
}

// Adds some points around the pointer.
function sprinkle(page, event) {
  const box = find('stage').getBoundingClientRect(), { stage } = page;
  const [x, y] = stage.toData(event.clientX - box.left, event.clientY - box.top);
  const near = () => 0.12 * (Math.random() + Math.random() - 1);
  for (let k = 0; k < 6 && stage.drawn.length < kMostDrawn; k++) stage.drawn.push(x + near(), y + near());
  stage.dirty = true;
}

// Leaves the drawing; the earlier training is there again.
function stopDrawing(page) {
  page.stage.drawn = null;
  page.stage.fit(page.stage.data);
  page.rebuild();
  page.caption();
  return page.refresh(true);
}

// Opens a training on what was drawn. Returns whether it is enough.
async function finishDrawing(page) {
  const { drawn } = page.stage;
  if (drawn.length < kFewestDrawn) {
    await stopDrawing(page);
    page.say('Too few points were drawn: draw at least ten. The earlier data is back.');
    return false;
  }
  const rows = ['x,y'];
  for (let k = 0; k < drawn.length; k += 2) rows.push(`${drawn[k].toFixed(4)},${drawn[k + 1].toFixed(4)}`);
  await page.openCsv(rows.join('\n') + '\n', 'drawn');
  return true;
}

export { startDrawing, sprinkle, stopDrawing, finishDrawing };
