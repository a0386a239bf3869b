/** Runs in the browser, as a module beside `thought-tree.js`. What comes from a model is set as text, never as markup. */
export const pageScript = `
import { growTree, noThoughts } from './thought-tree.js';

const find = (id) => document.getElementById(id);
const [form, status, answer, tree, cancel] = ['form', 'status', 'answer', 'tree', 'cancel'].map(find);
let watched = new AbortController();
let execution;

const headers = () => {
  const token = find('token').value;
  return token ? { authorization: 'Bearer ' + token } : {};
};
const say = (text, isFailure = false) => {
  status.textContent = text;
  status.classList.toggle('failed', isFailure);
};
const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

async function problemOf(response) {
  const problem = await response.json().catch(() => ({}));
  const fields = (problem.errors ?? []).map(({ pointer, detail }) => (pointer ?? '') + ' ' + (detail ?? ''));
  return [problem.detail ?? problem.title ?? 'the server answered ' + response.status, ...fields].join('; ');
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const tokens = Number(find('tokens').value);
  const session = find('session')?.value;
  const body = {
    question: find('question').value,
    strategy: find('strategy').value,
    ...(session && { session }),
    ...(tokens > 0 && { budget: { tokens } }),
  };
  answer.textContent = '';
  tree.replaceChildren();
  say('Asking …');
  try {
    const response = await fetch('think', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers() },
      body: JSON.stringify(body),
    });
    if (!response.ok) return say(await problemOf(response), true);
    const { executionId } = await response.json();
    history.replaceState(null, '', '#' + encodeURIComponent(executionId));
    await watch(executionId);
  } catch (error) {
    say(String(error), true);
  }
});

cancel.addEventListener('click', async () => {
  const path = 'executions/' + encodeURIComponent(execution) + '/cancel';
  const response = await fetch(path, { method: 'POST', headers: headers() });
  if (!response.ok) say(await problemOf(response), true);
});

// The events of an execution, past ones first. A stream that breaks is taken up where it broke.
async function watch(id) {
  watched.abort();
  watched = new AbortController();
  const { signal } = watched;
  execution = id;
  cancel.disabled = false;
  let thoughts = noThoughts;
  let after = 0;
  let isOver = false;
  const onEvent = (event) => {
    after = Math.max(after, event.seq);
    if (event.type === 'emitted' && event.name === 'thinking') {
      thoughts = growTree(thoughts, event.data);
      find('question').value ||= thoughts.question;
      draw(thoughts);
    } else if (event.type === 'run.finished') {
      isOver = true;
      cancel.disabled = true;
      if (event.status !== 'succeeded') say(event.error ? event.error.message : event.status, true);
    }
  };
  while (!isOver && !signal.aborted) {
    try {
      const path = 'executions/' + encodeURIComponent(id) + '/events?after=' + after;
      const response = await fetch(path, { headers: headers(), signal });
      if (!response.ok) {
        cancel.disabled = true;
        return say(await problemOf(response), true);
      }
      await readEvents(response.body, onEvent);
    } catch (error) {
      if (signal.aborted) return;
      say('The connection broke off: trying again …', true);
    }
    if (!isOver) await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

async function readEvents(stream, onEvent) {
  let rest = '';
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + part).split('\\n\\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const data = block.split('\\n').filter((line) => line.startsWith('data: ')).map((line) => line.slice(6));
      if (data.length > 0) onEvent(JSON.parse(data.join('\\n')));
    }
  }
}

function draw(thoughts) {
  const open = new Set([...tree.querySelectorAll('details[open]')].map((each) => each.dataset.of));
  tree.replaceChildren(...thoughts.rounds.flatMap(({ round, why, nodes }) => {
    const list = element('ol', undefined, { class: 'round' });
    list.append(...nodes.map((node) => card(node, thoughts.best, open)));
    return [element('h2', 'Round ' + round + ': ' + why), list];
  }));
  const { finished, refused } = thoughts;
  if (!finished) return say(thoughts.strategy + ' with ' + thoughts.model + ' …' + (refused ? ' The budget is used up (' + refused + ').' : ''));
  const { usage, stopped } = finished;
  answer.textContent = finished.answer;
  say([stopped, usage.modelCalls + ' calls', usage.inputTokens + usage.outputTokens + ' tokens'].join(' · '));
}

function card(node, best, open) {
  const made = element('li', undefined, { class: 'thought', 'data-id': node.id, 'data-state': node.state, 'data-best': String(node.id === best) });
  const from = node.parents.length > 0 ? ' from ' + node.parents.join(', ') : '';
  made.append(element('span', node.id + from, { class: 'id' }));
  made.append(element('b', node.state === 'asked' ? '…' : node.state === 'lost' ? 'lost' : node.answer));
  if (node.reason) made.append(element('p', node.reason, { class: 'lost' }));
  if (node.score) {
    const { score, why } = node.score;
    made.append(element('meter', undefined, { value: score, min: 0, max: 1, 'aria-label': 'score ' + score.toFixed(2) }), element('p', why));
  }
  if (node.kept) made.append(element('p', 'kept: ' + node.kept));
  if (node.critique) made.append(element('p', 'critic: ' + node.critique));
  if (node.text && node.text !== node.answer) {
    const details = element('details', undefined, { 'data-of': node.id });
    details.open = open.has(node.id);
    details.append(element('summary', 'all of it'), element('pre', node.text));
    made.append(details);
  }
  return made;
}

if (location.hash.length > 1) watch(decodeURIComponent(location.hash.slice(1)));
`;
