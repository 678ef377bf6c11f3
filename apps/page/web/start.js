// Starts the page: connects the controls, opens the engine and draws at every frame.
import { Page } from './main.js';
import { openTransfer } from './open.js';
import { helpButton, closeHelp } from './help.js';

const page = new Page();
window.page = page;
const engineOpened = page.link.open();
engineOpened.catch(() => {});  // page.guard says why, below
const at = (id) => document.getElementById(id);

function connect() {
  at('train').onclick = () => page.guard(async () => {
    page.say('');
    if (page.stage.drawn && !(await page.finishDrawing())) return;
    page.setTraining(!page.training);
  });
  at('once').onclick = () => page.guard(async () => {
    page.setTraining(false);
    if (page.stage.drawn && !(await page.finishDrawing())) return;
    await page.trainSteps(1);
    if (!page.diverged) await page.refresh(true);
  });
  at('again').onclick = () => page.guard(() => page.open());
  at('stop-engine').onclick = () => page.guard(() => page.stopEngine());
  at('open').onclick = () => at('open-file').click();
  at('open-file').onchange = () => page.guard(async () => {
    try {
      await page.openFiles(at('open-file').files);
    } finally {
      at('open-file').value = '';  // so that the same file can be opened again
    }
  });
  at('dark').onclick = () => {
    document.documentElement.classList.toggle('dark');
    page.stage.dirty = true;
    page.rebuild();
    page.showNumbers();
    page.redrawPanel();
  };
  at('t').oninput = () => { page.playing = false; page.setTime(Number(at('t').value), true); page.keep(); };
  const play = () => {
    page.playing = !page.playing;
    if (page.playing && page.stage.t >= 1) page.setTime(0);
    at('play').textContent = page.playing ? '❚❚' : '▶';
  };
  at('play').onclick = play;
  const stage = at('stage');
  let down = false;
  stage.onpointerdown = (event) => {
    down = true;
    if (page.stage.drawn) page.sprinkle(event);
    else page.guard(() => page.choose(event));
  };
  at('stage-beside').onpointerdown = (event) => page.guard(() => page.choose(event));
  stage.onpointermove = (event) => { if (down && page.stage.drawn) page.sprinkle(event); };
  window.addEventListener('pointerup', () => { down = false; });
  document.addEventListener('keydown', (event) => {
    if (/INPUT|SELECT|TEXTAREA/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const key = event.key.toLowerCase();
    if (key === ' ' && event.target.tagName !== 'BUTTON') { event.preventDefault(); at('train').click(); }
    else if (key === 's') at('once').click();
    else if (key === 'r') at('again').click();
    else if (key === 'p') play();
    else if (page.views.pressed(key)) return;
    else if (key === 'escape' && page.stage.drawn) page.guard(() => page.stopDrawing());
    else if (key === 'escape') { closeHelp(); page.stage.chosen = null; page.stage.dirty = true; page.caption(); }
    else if (key === 'arrowleft' || key === 'arrowright') page.setTime(Math.min(1, Math.max(0, page.stage.t + (key === 'arrowleft' ? -0.02 : 0.02)))), page.keep();
  });
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    page.guard(() => openTransfer(page, event.dataTransfer));
  });
  document.addEventListener('paste', (event) => {
    if (!/INPUT|TEXTAREA/.test(event.target.tagName)) page.guard(() => openTransfer(page, event.clipboardData));
  });
  window.addEventListener('hashchange', () => page.guard(() => page.followAddress()));
  window.addEventListener('resize', () => { page.stage.dirty = true; page.showNumbers(); page.redrawPanel(); });
}

const kPatience = 4;  // seconds after which the page offers to stop the engine

function showBusy() {
  const seconds = page.link.seconds(), long = seconds > kPatience;
  if (long) at('busy-words').textContent = `The engine has been computing for ${Math.floor(seconds)} s. Large networks, batches and tables take long.`;
  if (at('busy').hidden === long) at('busy').hidden = !long;
}

let before = performance.now();
function frame(now) {
  if (page.playing) {
    const t = page.stage.t + (Number(at('speed').value) * Math.min(now - before, 100)) / 1000;
    page.setTime(Math.min(t, 1));
    if (t >= 1) { page.playing = false; at('play').textContent = '▶'; page.askGridsSoon(); }
  }
  before = now;
  page.views.draw();
  if (page.stage.flow && !performance.getEntriesByName('first-picture').length) performance.mark('first-picture');
  requestAnimationFrame(frame);
}

if (matchMedia('(prefers-color-scheme: dark)').matches) document.documentElement.classList.add('dark');
const tabs = [['about', 'About'], ['solvers', 'Solvers'], ['tape', 'Tape'], ['program', 'Program'], ['tokens', 'Tokens'], ['files', 'Files']];
at('tabs').replaceChildren(...tabs.map(([name, title]) => {
  const tab = document.createElement('button');
  tab.type = 'button';
  tab.textContent = title;
  tab.dataset.tab = name;
  tab.setAttribute('role', 'tab');
  tab.onclick = () => page.showTab(name);
  return tab;
}));
at('tabs').onkeydown = (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key], all = [...at('tabs').children];
  if (!step) return;
  event.stopPropagation();  // the arrows move between the tabs here, and elsewhere the time
  const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
  next.focus();
  next.click();
};
for (const place of document.querySelectorAll('[data-help-for]')) place.replaceWith(helpButton(place.dataset.helpFor));
page.setTime(page.state.t);
page.rebuild();
connect();
setInterval(showBusy, 500);
requestAnimationFrame(frame);
page.guard(async () => {
  await engineOpened;
  await page.open();
  document.documentElement.dataset.ready = 'yes';
});
