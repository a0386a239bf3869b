import { rowHeight } from './page-style.ts';

/** The page's script, as text: it runs in browsers, is shipped as it stands here, and reads its data from the page. */
export const pageScript = `
const data = JSON.parse(document.getElementById('data').textContent);
const rows = data.rows;
const chart = document.querySelector('.rows');
const sheet = document.querySelector('.sheet');
const detail = document.querySelector('.detail');
const height = ${rowHeight};
const parts = new Map();
for (const row of rows) if (row.parent !== undefined) parts.set(row.parent, (parts.get(row.parent) ?? 0) + 1);
const folded = new Set([...parts].filter(([, count]) => count > 12).map(([id]) => id));
let shown = [];
let chosen = rows.find((row) => row.status === 'failed')?.id ?? rows[0]?.id;

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function place(made, from, to) {
  made.style.left = from * 100 + '%';
  made.style.width = Math.max(0, to - from) * 100 + '%';
  return made;
}

function layOut() {
  const hidden = new Set();
  shown = rows.filter((row) => {
    const isHidden = row.parent !== undefined && (hidden.has(row.parent) || folded.has(row.parent));
    if (isHidden) hidden.add(row.id);
    return !isHidden;
  });
  sheet.style.height = shown.length * height + 'px';
  draw();
}

function draw() {
  const first = Math.max(0, Math.floor(chart.scrollTop / height) - 10);
  const last = Math.min(shown.length, Math.ceil((chart.scrollTop + chart.clientHeight) / height) + 10);
  sheet.replaceChildren(...shown.slice(first, last).map((row, i) => drawRow(row, first + i)));
  chart.setAttribute('aria-activedescendant', 'row-' + rows.findIndex((row) => row.id === chosen));
}

function drawRow(row, index) {
  const line = element('div', 'row tone-' + row.status);
  line.id = 'row-' + rows.indexOf(row);
  line.style.top = index * height + 'px';
  line.setAttribute('role', 'treeitem');
  line.setAttribute('aria-level', row.depth + 1);
  line.setAttribute('aria-selected', row.id === chosen);
  if (parts.has(row.id)) line.setAttribute('aria-expanded', !folded.has(row.id));
  const name = element('div', 'name');
  name.style.paddingLeft = Math.min(row.depth, 8) * 16 + 'px';
  const twist = element(parts.has(row.id) ? 'button' : 'span', 'twist', parts.has(row.id) ? (folded.has(row.id) ? '▶' : '▼') : '');
  if (parts.has(row.id)) {
    twist.tabIndex = -1;
    twist.title = parts.get(row.id) + ' parts';
    twist.setAttribute('aria-label', 'show or hide ' + parts.get(row.id) + ' parts');
    twist.addEventListener('click', (event) => { event.stopPropagation(); fold(row.id); });
  }
  const label = element('b', '', row.label + (row.attempts > 1 ? ' · attempt ' + row.attempts : ''));
  label.title = row.id + ', ' + row.status;
  name.append(twist, element('span', 'dot ' + row.status), label);
  if (row.worker !== undefined) name.append(element('span', 'worker', row.worker));
  const bars = element('div', 'bars');
  for (const gap of data.breaks) bars.append(place(element('span', 'break'), gap.from, gap.to));
  for (const span of row.spans) {
    const bar = place(element('span', 'bar ' + span.kind + (span.failed ? ' failed' : '')), span.from, span.to);
    bar.title = span.title;
    bars.append(bar);
  }
  line.append(name, bars, element('span', 'took', row.took || row.status));
  line.addEventListener('click', () => choose(row.id));
  return line;
}

function fold(id) {
  if (!folded.delete(id)) folded.add(id);
  layOut();
}

function choose(id) {
  chosen = id;
  const row = rows.find((candidate) => candidate.id === id);
  if (!row) return;
  const heading = element('h2', '', row.id);
  const about = element('p', 'hint', [row.status, row.took, row.attempts > 1 && row.attempts + ' attempts', row.worker && 'by ' + row.worker].filter(Boolean).join(' · '));
  const blocks = row.details.flatMap(({ title, text }) => {
    const block = element('pre', '', text);
    block.tabIndex = 0;
    return [element('h3', '', title), block];
  });
  detail.replaceChildren(heading, about, ...blocks);
  draw();
}

function move(by) {
  const at = shown.findIndex((row) => row.id === chosen);
  const next = shown[Math.min(shown.length - 1, Math.max(0, at + by))];
  if (!next) return;
  const top = shown.indexOf(next) * height;
  if (top < chart.scrollTop) chart.scrollTop = top;
  else if (top + height > chart.scrollTop + chart.clientHeight) chart.scrollTop = top + height - chart.clientHeight;
  choose(next.id);
}

const keys = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  PageDown: () => move(15),
  PageUp: () => move(-15),
  Home: () => move(-rows.length),
  End: () => move(rows.length),
  ArrowRight: () => folded.has(chosen) && fold(chosen),
  ArrowLeft: () => {
    const row = rows.find(({ id }) => id === chosen);
    if (parts.has(chosen) && !folded.has(chosen)) fold(chosen);
    else if (row?.parent !== undefined) choose(row.parent);
  },
  Enter: () => parts.has(chosen) && fold(chosen),
};

chart.addEventListener('keydown', (event) => {
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});
chart.addEventListener('scroll', () => requestAnimationFrame(draw), { passive: true });
addEventListener('resize', () => { thinAxis(); draw(); });
const axis = document.querySelector('.axis');
for (const tick of data.ticks) axis.append(place(element('span', '', tick.label), tick.at, tick.at));
for (const gap of data.breaks) {
  const label = place(element('span', '', '⋯'), (gap.from + gap.to) / 2, (gap.from + gap.to) / 2);
  label.title = gap.label + ' in which nothing worked, drawn shorter';
  axis.append(label);
}
for (const label of axis.children) label.style.width = 'auto';

// Labels that would stand in each other's way are left out.
function thinAxis() {
  let edge = -Infinity;
  const labels = [...axis.children].sort((a, b) => parseFloat(a.style.left) - parseFloat(b.style.left));
  for (const label of labels) {
    label.style.visibility = '';
    const box = label.getBoundingClientRect();
    if (box.left < edge + 6) label.style.visibility = 'hidden';
    else edge = box.right;
  }
}

thinAxis();
layOut();
if (chosen !== undefined) choose(chosen);
`;
