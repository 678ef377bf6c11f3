// Opens what the user gives to the page, by a button, by dropping or by pasting: reports, weights, configs and tables.
import { Recording } from './recording.js';
import { kOwnFolder } from './state.js';

const kReportBegins = '<!doctype html>\n<!-- pushforward report -->\n';
const kRunFolder = '/page/run';      // where the engine finds the weights that a training starts from
const kMostFileBytes = 64e6;
const kTableEndings = ['csv', 'tsv', 'txt', 'npy'];
const kEndings = 'tables (.csv, .tsv, .txt, .npy), reports (.html), configs (.json) and weights (.safetensors)';

const endingOf = (name) => name.toLowerCase().replace(/^.*\./, '').replace(/^htm$/, 'html');
const baseName = (path) => path.replace(/^.*[\\/]/, '');

// Returns the metadata of a safetensors file, an object of texts. Throws if the bytes are no such file.
function readMetadata(name, bytes) {
  const size = bytes.length < 8 ? NaN : Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  try {
    return JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + size))).__metadata__ || {};
  } catch {
    throw new Error(`${name} is no safetensors file: its header cannot be read.`);
  }
}

// Returns the run in a report: {name, folder, config, model, step, curve}. The text is read as text, never shown as a page.
function readReport(name, text) {
  const begin = '<script id="recording" type="application/json">';
  const from = text.replace(/\r\n/g, '\n').startsWith(kReportBegins) ? text.indexOf(begin) : -1;
  if (from < 0) throw new Error(`${name} is no report of pushforward. The page opens ${kEndings}.`);
  let recording;
  try {
    recording = new Recording(text.slice(from + begin.length, text.indexOf('\x3c/script>', from)));
  } catch (error) {
    throw new Error(`${name} cannot be read: ${error.message}`);
  }
  const run = recording.first('run').head, weights = recording.first('weights');
  if (!weights) {
    const entry = run.absent.find(({ panel }) => panel === 'weights');
    throw new Error(`The report of ${run.name} holds no weights to go on from: ${entry ? entry.why : 'it was written by an earlier version; write it again with pushforward report'}.`);
  }
  const { at, loss, gradient, rate } = recording.first('trained').arrays;
  const curve = Object.fromEntries(Object.entries({ at, loss, gradient, rate }).map(([key, { values }]) => [key, Array.from(values)]));
  const model = Uint8Array.from(atob(weights.head.model), (c) => c.charCodeAt(0));
  return { name: run.name, folder: run.folder, config: run.config, model, step: Number(weights.head.step) || 0, curve };
}

async function readBytes(file) {
  if (file.size > kMostFileBytes) throw new Error(`${file.name} has ${file.size.toLocaleString('en')} bytes; the page reads files of up to 64 MB.`);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Error(`${file.name} cannot be read. If it is a folder, open the files in it.`);
  }
}

// Sorts files by their endings: {report, config, weights, tables}, each {name, bytes}. Throws if one of them is no such file.
async function sortFiles(files) {
  const sorted = { tables: [] };
  const single = { html: 'report', json: 'config', safetensors: 'weights' };
  for (const file of files) {
    const ending = endingOf(file.name), kind = single[ending];
    if (!kind && !kTableEndings.includes(ending)) throw new Error(`${file.name} is none of the files that the page opens: ${kEndings}.`);
    const one = { name: file.name, bytes: await readBytes(file) };
    if (one.bytes.length === 0) throw new Error(`${file.name} is empty.`);
    if (!kind) sorted.tables.push(one);
    else if (sorted[kind]) throw new Error(`${sorted[kind].name} and ${file.name} are of one kind; open one of them.`);
    else sorted[kind] = one;
  }
  return sorted;
}

const textOf = ({ bytes }) => new TextDecoder().decode(bytes);

// Opens one or several files that belong together: a report; a config, alone or with its weights and data; weights alone,
// for the network that the page shows; a checkpoint of the page's own training; or a table.
async function openFiles(page, files) {
  if (!files.length) return;
  const { report, config, weights, tables } = await sortFiles(files);
  const format = weights ? readMetadata(weights.name, weights.bytes).format : '';
  if (weights && format !== 'pushforward-model') {
    await restoreCheckpoint(page, weights);
    return;
  }
  const step = weights ? Number(readMetadata(weights.name, weights.bytes).step) || 0 : 0;
  let run = null;
  if (report) run = readReport(report.name, textOf(report));
  else if (config) run = { name: config.name, config: textOf(config), model: weights && weights.bytes, step };
  else if (weights) run = { ...presentRun(page), name: weights.name, model: weights.bytes, step };
  else if (page.awaited) run = page.awaited;
  else if (tables.length > 1) throw new Error(`${tables.map(({ name }) => name).join(' and ')} are several tables; open one of them.`);
  else await openTable(page, tables[0].bytes, tables[0].name, 'file');
  if (run) await openRun(page, run, tables);
}

// Returns the config that the page trains now, with its data.
function presentRun(page) {
  return { config: page.exportedConfig(), tables: page.given ? page.given.tables : page.own ? [page.own] : [] };
}

async function restoreCheckpoint(page, { name, bytes }) {
  const path = '/page/checkpoint.safetensors';
  const { head } = await page.ask({ ask: 'restore' }, [{ path, bytes }]).catch((error) => { throw new Error(error.message.replaceAll(path, name)); });
  page.clearCurve();
  page.step = head.step;
  page.showNumbers();
  await page.refresh(true);
  page.say(`Continues from step ${head.step.toLocaleString('en')} of ${name}.`);
}

// Returns words of the engine with the names that the user knows.
const namedForReader = (words) => words.replaceAll(`${kRunFolder}/config.json`, 'the config of their run').replaceAll(kRunFolder, 'the opened weights');

// Opens a config, with the weights of its run if there are any. If it reads data that was not given, the page waits for it.
async function openRun(page, run, tables) {
  page.awaited = null;
  const about = { config: run.config, name: run.name, of_run: Boolean(run.model), overrides: run.model ? [`from=${kRunFolder}`] : [] };
  const { head } = await page.ask({ ask: 'describe', ...about });
  if (head.tokens) throw new Error(`${run.name} is a flow of tokens. This picture shows flows of points; the tab Tokens trains the page’s own words and grids, and the program trains this one.`);
  const known = [...tables, ...(run.tables || [])];
  const files = [], places = [];
  for (const { key, path } of head.files) {
    const table = known.find(({ name }) => name === baseName(path)) || (head.files.length === 1 && known.length === 1 ? known[0] : null);
    if (!table) {
      page.awaited = { ...run, tables: known };
      page.say(`${run.name} is trained on ${baseName(path)}. Open or drop this file too, and the page goes on.`);
      return;
    }
    const place = `${kOwnFolder}/${files.length}.${endingOf(table.name)}`;
    files.push({ path: place, bytes: table.bytes });
    places.push([place, path]);
    about.overrides.push(`${key.slice(1).replaceAll('/', '.')}=${place}`);
  }
  if (run.model) files.push({ path: `${kRunFolder}/config.json`, bytes: new TextEncoder().encode(run.config) }, { path: `${kRunFolder}/model.safetensors`, bytes: run.model });
  try {
    await page.openGiven({ ...run, about, files, places, tables: known });
  } catch (error) {
    throw new Error(namedForReader(error.message));
  }
  if (run.model) page.say([`Goes on from the weights of ${run.name} after step ${run.step.toLocaleString('en')}. The optimizer and its schedule begin anew.`, namedForReader(page.remarks())].filter(Boolean).join('\n'));
}

// Opens those columns of the page's own table that the engine's error names as the columns of numbers. Throws the error if it names none.
async function openColumns(page, error) {
  const found = /'data\.of\.columns=(\[.*?\])'/s.exec(error.message.replaceAll("'\\''", "\u2019"));
  if (!found) throw error;
  page.own.columns = JSON.parse(found[1].replaceAll('\u2019', "'"));
  await page.openChoices();
  page.say(`Only the columns of numbers are taken: ${page.own.columns.join(', ')}. The page has no columns of words; the program trains on them, too (pushforward config init).`);
}

// Opens a table of numbers as the data of the page's choices. `kind`: "file" or "drawn".
async function openTable(page, bytes, name, kind) {
  const before = [page.own, page.state.data];
  page.own = { name: endingOf(name) === 'npy' ? 'data.npy' : 'data.csv', bytes };
  page.state.data = kind;
  try {
    await page.openChoices().catch((error) => openColumns(page, error));
  } catch (error) {
    [page.own, page.state.data] = before;
    page.rebuild();
    throw new Error(error.message.replaceAll(`${kOwnFolder}/data.npy`, name).replaceAll(`${kOwnFolder}/data.csv`, name));
  }
}

// Opens what was dropped or pasted: files, or a text that holds a table.
async function openTransfer(page, transfer) {
  if (transfer.files.length) return openFiles(page, [...transfer.files]);
  const text = transfer.getData('text');
  if (!/\d\s*[,;\t ]\s*[-+.\d]/.test(text)) throw new Error('The text holds no table: it needs rows of numbers, separated by commas, semicolons, tabs or spaces.');
  return openTable(page, new TextEncoder().encode(text), 'data.csv', 'file');
}

export { openFiles, openTable, openTransfer, kRunFolder };
