import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { apiKeys, newApiKey } from '../auth/api-keys.ts';
import { serve } from '../server.fixture.ts';
import { findChromium, openBrowser } from './browser.fixture.ts';

const chromium = await findChromium();
const limitMs = 180_000;

/** Opens a page, and takes down what goes wrong on it and whom it asks. */
async function open(path: string, options: Parameters<typeof serve>[0] = {}) {
  const { url, post } = await serve(options);
  const page = await (await openBrowser(chromium ?? '')).newPage();
  page.setDefaultTimeout(limitMs / 2);
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url().startsWith('http')) hosts.add(new URL(request.url()).origin);
  });
  page.on('requestfailed', (request) => complaints.push(`${request.url()} failed`));
  await page.goto(`${url}${path}`);
  return { url, post, page, complaints, hosts };
}

/** Runs in the browser. */
function watchInPage({ path, protocols }: { readonly path: string; readonly protocols: string[] }) {
  return new Promise((resolve) => {
    const socket = new WebSocket(path, protocols);
    let last: unknown;
    socket.onmessage = ({ data }) => {
      last = JSON.parse(data);
    };
    socket.onclose = ({ code }) => resolve({ code, protocol: socket.protocol, last });
  });
}

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['AIWORK_PICTURES'];
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` });
}

describe('the API pages', () => {
  it('are there, with what they need, and can be left out', async () => {
    const { get } = await serve();
    for (const path of ['/docs', '/redoc']) {
      const { status, headers, body } = await get(path);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toContain('text/html');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
      const files = [...body.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, file]) => `/${file}`);
      expect(files.length).toBeGreaterThan(1);
      for (const file of files) {
        const found = await get(file);
        expect(found.status).toBe(200);
        const known = { 'if-none-match': found.headers.get('etag') ?? '' };
        expect(await get(file, known)).toMatchObject({ status: 304, body: '' });
      }
      expect((await get(`${path}/`)).status).toBe(200);
    }
    expect((await get('/openapi.json')).body.paths).not.toHaveProperty('/docs');
    const without = await serve({ pages: false });
    for (const path of ['/docs', '/redoc', '/docs/redoc.js'])
      expect((await without.get(path)).status).toBe(404);
  });

  describe.skipIf(chromium === undefined)('in Chromium', () => {
    it('of Swagger UI executes what it shows', { timeout: limitMs }, async () => {
      const { url, page, complaints, hosts } = await open('/docs');
      const execute = page.locator('#operations-executions-execute');
      await execute.locator('.opblock-summary-control').click();
      await execute.getByRole('button', { name: 'Try it out' }).click();
      await execute.locator('textarea').first().fill('{"unit":"double","input":21}');
      await execute.getByRole('button', { name: 'Execute', exact: true }).click();
      const answer = execute.locator('.live-responses-table .response-col_description pre').first();
      await answer.waitFor();
      expect(JSON.parse((await answer.textContent()) ?? '')).toMatchObject({
        unit: 'double',
        status: 'succeeded',
        output: 42,
      });
      await answer.scrollIntoViewIfNeeded();
      await picture(page, 'swagger-ui');
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([url]);
    });

    it('of Swagger UI sends the token that it was given', { timeout: limitMs }, async () => {
      const { key, hash } = newApiKey();
      const auth = [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])];
      const { page, complaints } = await open('/docs', { auth });
      await page.getByRole('button', { name: 'Authorize' }).first().click();
      await page.locator('.auth-container').filter({ hasText: 'http, Bearer' }).locator('input').fill(key);
      await page
        .locator('.auth-container')
        .filter({ hasText: 'http, Bearer' })
        .getByRole('button', { name: 'Apply' })
        .click();
      await page.getByRole('button', { name: 'Close' }).first().click();
      const list = page.locator('#operations-units-listTasks');
      await list.locator('.opblock-summary-control').click();
      await list.getByRole('button', { name: 'Try it out' }).click();
      await list.getByRole('button', { name: 'Execute', exact: true }).click();
      const status = list.locator('.live-responses-table .response-col_status').last();
      await status.waitFor();
      expect(await status.textContent()).toContain('200');
      expect(complaints).toEqual([]);
    });

    it('may watch an execution over WebSocket, with a token', { timeout: limitMs }, async () => {
      const { key, hash } = newApiKey();
      const auth = [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])];
      const { page, post, complaints } = await open('/docs', { auth });
      const { body } = await post('/execute', { unit: 'double', input: 21 }, { 'x-api-key': key });
      const seen = await page.evaluate(watchInPage, {
        path: `/executions/${body.executionId}/events`,
        protocols: ['aiwork.events.v1', `aiwork.bearer.${Buffer.from(key).toString('base64url')}`],
      });
      expect(seen).toMatchObject({ code: 1000, protocol: 'aiwork.events.v1', last: { output: 42 } });
      expect(complaints).toEqual([]);
    });

    it('of Redoc describes each operation', { timeout: limitMs }, async () => {
      const { url, page, complaints, hosts } = await open('/redoc');
      await page.getByRole('heading', { name: 'Run a unit and wait for its end' }).waitFor();
      await page.getByRole('heading', { name: 'Watch an execution' }).first().waitFor();
      await picture(page, 'redoc');
      expect(complaints).toEqual([]);
      expect([...hosts]).toEqual([url]);
    });
  });
});
