import { createOrchestrator, type RunEvent } from '@aiwork/core';
import { apiKeys, createServer, newApiKey, type ServerOptions } from '@aiwork/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findChromium, openBrowser } from '../../server/src/pages/browser.fixture.ts';
import { bestOf, selfConsistency, thinkingService, thinkTask } from '../src/index.ts';
import { answers, isJudged, modelOf } from '../src/model.fixture.ts';

const chromium = await findChromium();
const limitMs = 120_000;

async function serve(model = answers(['4']), options: Partial<ServerOptions> = {}) {
  const task = thinkTask({ model, strategies: [bestOf({ alternatives: 3 }), selfConsistency()] });
  const orchestrator = createOrchestrator({ units: [task] });
  const service = thinkingService({ strategies: ['best-of', 'self-consistency'] });
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

  it.each<[object, string]>([
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
