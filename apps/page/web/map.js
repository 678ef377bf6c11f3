// Makes a one-step map of the flow that the page has trained, and the part of the panel about solvers that shows its jumps.
import { element, button } from './elements.js';
import { choiceOf } from './widgets.js';
import { helpButton } from './help.js';
import { kRunFolder } from './open.js';
import { kOwnFolder, kMapLosses, withMapSettings } from './state.js';

const kMapNames = [['lagrangian', 'Lagrangian condition'], ['eulerian', 'mean flow']];

// Opens a training of a flow map that starts from the present weights of the flow, and begins it.
async function makeMap(page, learns) {
  page.setTraining(false);
  const { about, given, own, step } = page, from = about.config;
  const model = (await page.ask({ ask: 'save' }, null, ['/page/model.safetensors'])).files[0].bytes;
  const config = withMapSettings({ ...from, name: `${from.name}_map`, from: kRunFolder, loss: { ...kMapLosses[learns], time: from.loss.time } }, page.state.jumps);
  const plain = JSON.stringify({ ...from, from: '' });
  const places = given ? given.places : own ? [[`${kOwnFolder}/${own.name}`, own.name]] : [];
  const files = given ? given.files.filter(({ path }) => !path.startsWith(`${kRunFolder}/`)) : own ? [{ path: places[0][0], bytes: own.bytes }] : [];
  const words = { name: config.name, config: JSON.stringify(config), folder: `${from.output.dir}/${from.name}`, what: 'A one-step map of the earlier flow' };
  const before = page.stage.layers.jumps;
  page.stage.layers.jumps = true;
  const opened = page.openGiven({ ...words, model, step: 0, curve: null, places, tables: given ? given.tables : own ? [own] : [], about: { name: config.name, config: words.config, of_run: false, overrides: [] },
    files: [...files, { path: `${kRunFolder}/config.json`, bytes: new TextEncoder().encode(plain) }, { path: `${kRunFolder}/model.safetensors`, bytes: model }], plain: { config: plain, model } });
  await opened.catch((error) => {
    page.stage.layers.jumps = before;
    throw error;
  });
  page.say(`A one-step map is trained, from the weights of the flow after step ${step.toLocaleString('en')}. Restart begins it again from them.\n${page.remarks()}`.trim());
  page.setTraining(true);
}

// Shows what a one-step map is, and makes one or chooses the number of its jumps.
function showMap(panel, page) {
  const box = element('section'), title = element('h2', 'One step '), row = element('div', undefined, 'row');
  box.id = 'one-step';
  title.append(helpButton('learns'));
  if (page.about.map) {
    const words = element('p', '');
    words.id = 'jump-words';
    const jumps = choiceOf('Number of jumps', [1, 2, 4, 8].map((n) => [String(n), n === 1 ? 'one jump' : `${n} jumps`]), String(page.state.jumps), (value) => page.guard(async () => {
      page.state.jumps = Number(value);
      page.keep();
      await page.askJumps(true);
    }));
    row.append(jumps);
    if (page.about.dim === 2) row.append(layerToggle(page, 'jumps', 'Show the jumps'));
    box.append(title, element('p', 'This network has two times: it also jumps along its flow, with one evaluation for each jump.'), row, words);
    page.guard(() => page.askJumps(true));
  } else {
    let chosen = kMapNames[0][0];
    const make = button('Make a one-step map of this flow', () => page.guard(() => makeMap(page, chosen)));
    make.id = 'make-map';
    row.append(make, choiceOf('Condition of the map', kMapNames, chosen, (value) => { chosen = value; }));
    box.append(title, element('p', 'A one-step map takes a point from noise to data by one evaluation of the network. It is trained from the weights of this flow, which it keeps as its velocity; train the flow first.'), row);
  }
  panel.append(box);
}

// Returns a button that shows or hides a layer of the picture.
function layerToggle(page, key, name) {
  const toggle = button(name, () => {
    page.toggleLayer(key);
    toggle.setAttribute('aria-pressed', String(Boolean(page.stage.layers[key])));
  });
  toggle.setAttribute('aria-pressed', String(Boolean(page.stage.layers[key])));
  toggle.dataset.toggle = key;
  return toggle;
}

export { showMap, layerToggle };
