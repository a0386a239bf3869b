import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrchestrator, type RunEvent } from '@aiwork/core';
import { apiKeys, createServer, newApiKey, type ServerOptions } from '@aiwork/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findChromium, openBrowser } from '../../server/src/pages/browser.fixture.ts';
import { bestOf, selfConsistency, thinkingService, thinkTask } from '../src/index.ts';
import { answers, isJudged, modelOf } from '../src/model.fixture.ts';
import { thinkingSessions } from '../src/store/index.ts';

const chromium = await findChromium();
const limitMs = 120_000;
vi.setConfig({ testTimeout: limitMs });

async function serve(model = answers(['4']), options: Partial<ServerOptions> = {}, path?: string) {
  const task = thinkTask({ model, strategies: [bestOf({ alternatives: 3 }), selfConsistency()] });
  const orchestrator = createOrchestrator({
    units: [task],
    plugins: path === undefined ? [] : [thinkingSessions({ path })],
  });
  const service = thinkingService({
    strategies: ['best-of', 'self-consistency'],
    ...(path !== undefined && { sessions: () => orchestrator.use('thinkingStore') }),
  });
  const server = await createServer({
    orchestrator,
    units: [task],
    extensions: [service],
    maxEventLoopDelayMs: 60_000,
    ...options,
  });
  const url = await server.listen();
  onTestFinished(async () => {
    await server.close();
    await orchestrator.close();
  });
  const post = (body: object, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}/think`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  return { url, post, orchestrator };
}

describe('POST /think', () => {
  it('starts thinking, whose events are those of an execution', async () => {
    const { url, post } = await serve();
    const response = await post({
      question: '2 + 2?',
      strategy: 'self-consistency',
      budget: { tokens: 30_000 },
    });
    expect(response.status).toBe(202);
    const { executionId, unit } = (await response.json()) as { executionId: string; unit: string };
    expect({ unit, location: response.headers.get('location') }).toEqual({
      unit: 'think',
      location: `/status/${executionId}`,
    });
    const stream = await (await fetch(`${url}/executions/${executionId}/events`)).text();
    const events = [...stream.matchAll(/^data: (.*)$/gm)].map(
      ([, data = '']) => JSON.parse(data) as RunEvent,
    );
    const thinking = events.flatMap((event) =>
      event.type === 'emitted' ? [event.data as { type: string }] : [],
    );
    expect(thinking.at(0)).toMatchObject({ type: 'thinking.started', strategy: 'self-consistency' });
    expect(thinking.at(-1)).toMatchObject({ type: 'thinking.finished', answer: '4' });
  });

  it('tells its events over WebSocket, as they come', async () => {
    const { url, post } = await serve();
    const { executionId } = (await (await post({ question: '2 + 2?' })).json()) as { executionId: string };
    const socket = new WebSocket(`${url.replace('http', 'ws')}/executions/${executionId}/events`);
    const closed = Promise.withResolvers<number>();
    const types: string[] = [];
    socket.addEventListener('message', ({ data }) => {
      const event = JSON.parse(data) as RunEvent;
      if (event.type === 'emitted') types.push((event.data as { type: string }).type);
    });
    socket.addEventListener('error', () => closed.reject(new Error('the socket failed')));
    socket.addEventListener('close', ({ code }) => closed.resolve(code));
    expect(await closed.promise).toBe(1000);
    expect(types[0]).toBe('thinking.started');
    expect(types.filter((type) => type === 'alternative.proposed')).toHaveLength(3);
    expect(types.at(-1)).toBe('thinking.finished');
  });

  it.each<[object, string]>([
    [{ question: '?', session: 's' }, '/session'],
    [{ strategy: 'best-of' }, '/question'],
    [{ question: '' }, '/question'],
    [{ question: '?', strategy: 'guess' }, '/strategy'],
    [{ question: '?', budget: { tokens: 0 } }, '/budget/tokens'],
    [{ question: '?', mood: 1 }, '/mood'],
  ])('refuses %j, and says where it is wrong', async (body, pointer) => {
    const { post } = await serve();
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ pointer }] });
  });

  it('is for those who may run it, and described with all else', async () => {
    const { key, hash } = newApiKey();
    const { url, post } = await serve(answers(['4']), {
      auth: [apiKeys([{ id: 'ada', scopes: ['think:execute'], hash }])],
    });
    expect((await post({ question: '?' })).status).toBe(401);
    expect((await post({ question: '?' }, { 'x-api-key': key })).status).toBe(202);
    expect((await fetch(`${url}/think`)).status).toBe(200);
    const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as {
      paths: Record<string, object>;
    };
    expect(Object.keys(paths['/think'] ?? {})).toEqual(['post']);
  });
});

describe('sessions of a server', () => {
  async function serveSessions() {
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const [ada, bob, eve] = [newApiKey(), newApiKey(), newApiKey()];
    const auth = [
      apiKeys([
        { id: 'ada', scopes: ['think:*'], hash: ada.hash },
        { id: 'bob', scopes: ['think:execute'], hash: bob.hash },
        { id: 'eve', scopes: ['other:*'], hash: eve.hash },
      ]),
    ];
    const model = answers(['4']);
    const { url, post, orchestrator } = await serve(model, { auth }, join(folder, 'thinking.db'));
    const as = ({ key }: { readonly key: string }) => {
      const headers = { 'x-api-key': key };
      return {
        async ask(question: string, session: string) {
          const { executionId } = (await (await post({ question, session }, headers)).json()) as {
            executionId: string;
          };
          await (await orchestrator.open(executionId)).result();
        },
        async send(path: string, method = 'GET') {
          const response = await fetch(`${url}${path}`, { method, headers });
          const text = await response.text();
          return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
        },
      };
    };
    return { url, model, ada: as(ada), bob: as(bob), eve: as(eve) };
  }

  it('go on, are listed, and are forgotten', async () => {
    const { url, model, ada } = await serveSessions();
    await ada.ask('2 + 2?', 'sums');
    await ada.ask('And twice that?', 'sums');
    expect(model.requests.at(-1)?.messages.map(({ content }) => content)).toContain('2 + 2?');
    await ada.ask('Who?', 'other');
    expect(await ada.send('/think/sessions?limit=1')).toMatchObject({
      status: 200,
      body: { items: [{ id: 'other', title: 'Who?' }], cursor: expect.any(String) },
    });
    expect((await ada.send('/think/sessions/sums')).body).toMatchObject({ title: '2 + 2?' });
    const { body } = await ada.send('/think/sessions/sums/thoughts');
    expect(body.items.map(({ question }: { question: string }) => question)).toEqual([
      '2 + 2?',
      'And twice that?',
    ]);
    expect(body.items[0].events.at(-1)).toMatchObject({ type: 'thinking.finished', answer: '4' });
    expect((await ada.send('/think/sessions/sums', 'DELETE')).status).toBe(204);
    for (const path of ['/think/sessions/sums', '/think/sessions/sums/thoughts']) {
      expect(await ada.send(path)).toMatchObject({ status: 404, body: { code: 'AIWORK_SESSION_NOT_FOUND' } });
    }
    expect((await ada.send('/think/sessions?limit=0')).status).toBe(400);
    expect(await (await fetch(`${url}/think`)).text()).toContain('<input id="session"');
  });

  it('are seen by those alone whose they are', async () => {
    const { model, ada, bob, eve } = await serveSessions();
    await ada.ask('My word is xyzzy.', 's');
    await bob.ask('What is my word?', 's');
    expect(JSON.stringify(model.requests.at(-1))).not.toContain('xyzzy');
    expect((await bob.send('/think/sessions')).body.items).toMatchObject([{ title: 'What is my word?' }]);
    expect((await bob.send('/think/sessions/s', 'DELETE')).status).toBe(403);
    expect((await eve.send('/think/sessions')).status).toBe(403);
    expect((await ada.send('/think/sessions/s', 'DELETE')).status).toBe(204);
    expect((await bob.send('/think/sessions/s')).status).toBe(200);
  });
});

describe.skipIf(chromium === undefined)('the page, in Chromium', () => {
  /** Opens the page, and takes down what goes wrong on it and whom it asks. */
  async function open(url: string, path = '/think') {
    const page = await (await openBrowser(chromium ?? '')).newPage();
    page.setDefaultTimeout(limitMs / 2);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (request.url().startsWith('http') && !request.url().startsWith(url))
        complaints.push(`asks ${request.url()}`);
    });
    await page.goto(`${url}${path}`);
    return { page, complaints };
  }

  it('shows the tree while it grows, and the answer at its end', { timeout: limitMs }, async () => {
    const judged = Promise.withResolvers<void>();
    const scripted = ['Answer: <b>5</b>', 'First 2 + 2.\nAnswer: 4', new Error('the line is dead')];
    let alternatives = 0;
    const model = modelOf(async (request) => {
      if (!isJudged(request)) return scripted[alternatives++] ?? 'Answer: 0';
      await judged.promise;
      const isFirst = request.messages.at(-1)?.content.includes('<answer-1>\nFirst');
      return `Best: ${isFirst ? 1 : 2}`;
    });
    const { url } = await serve(model);
    const { page, complaints } = await open(url);
    await page.getByLabel('Question').fill('2 + 2?');
    await page.getByRole('button', { name: 'Think' }).click();
    const card = (id: string) => page.locator(`[data-id="${id}"]`);
    await card('1.3').getByText('the line is dead').waitFor();
    // What a model says is text, whatever is in it.
    expect(await card('1.1').locator('b').textContent()).toBe('<b>5</b>');
    expect(await page.locator('#answer').textContent()).toBe('');
    judged.resolve();
    await page.locator('#answer').getByText('4', { exact: true }).waitFor();
    expect(await card('1.2').getAttribute('data-best')).toBe('true');
    expect(await card('1.2').getByRole('meter').getAttribute('value')).toBe('1');
    expect(await page.getByRole('status').textContent()).toMatch(/^finished · 5 calls · \d+ tokens$/);
    await card('1.2').getByText('all of it').click();
    expect(await card('1.2').locator('pre').textContent()).toContain('First 2 + 2.');
    if (process.env['AIWORK_PICTURES'])
      await page.screenshot({ path: `${process.env['AIWORK_PICTURES']}/think.png` });
    // Its address shows the same again.
    await page.reload();
    await card('1.3').getByText('the line is dead').waitFor();
    await page.locator('#answer').getByText('4', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('sends the key it was given, and cancels', { timeout: limitMs }, async () => {
    const { key, hash } = newApiKey();
    const model = modelOf(() => new Promise(() => {}));
    const { url, orchestrator } = await serve(model, {
      auth: [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])],
    });
    const { page } = await open(url);
    await page.getByLabel('Question').fill('2 + 2?');
    await page.getByRole('button', { name: 'Think' }).click();
    await page.getByRole('status').getByText('no token was sent').waitFor();
    await page.getByLabel('Key or token').fill(key);
    await page.getByRole('button', { name: 'Think' }).click();
    await page.locator('[data-id="1.1"][data-state="asked"]').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('status').getByText('cancelled').waitFor();
    const { items } = await orchestrator.list();
    expect(items.map(({ status }) => status)).toEqual(['cancelled']);
  });
});
