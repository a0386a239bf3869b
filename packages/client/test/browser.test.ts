import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type * as clientPackage from '@aiwork/client';
import { openLink } from '@aiwork/contract-tests';
import { apiKeys, newApiKey } from '@aiwork/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findChromium, openBrowser } from '../../server/src/pages/browser.fixture.ts';
import { gate, serve, type units } from '../src/server.fixture.ts';
import { bundleForPages } from './bundle.fixture.ts';

declare global {
  var aiwork: typeof clientPackage;
}

const chromium = await findChromium();
const limitMs = 180_000;

/** The origin of a page that has the client as `aiwork`, and nothing else. */
async function servePage(): Promise<string> {
  const [{ code }] = await bundleForPages();
  const pages = createHttpServer(({ url }, response) => {
    const isScript = url === '/client.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(
      isScript
        ? code
        : '<!doctype html><link rel="icon" href="data:,"><script type="module">import * as aiwork from "/client.js"; globalThis.aiwork = aiwork;</script>',
    );
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  onTestFinished(() => {
    pages.closeAllConnections();
    pages.close();
  });
  return `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
}

/** A page in a browser, and a server of another origin behind a link that can be cut. */
async function openPage({ allowed }: { readonly allowed: 'this page' | 'another page' }) {
  const origin = await servePage();
  const { key, hash } = newApiKey();
  const { url } = await serve({
    auth: [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])],
    corsOrigins: [allowed === 'this page' ? origin : 'https://app.example.org'],
  });
  const link = await openLink({ host: '127.0.0.1', port: Number(new URL(url).port) });
  onTestFinished(() => link.close());
  const page = await (await openBrowser(chromium ?? '')).newPage();
  page.setDefaultTimeout(limitMs / 2);
  await page.goto(origin);
  await page.waitForFunction(() => globalThis.aiwork !== undefined);
  return { page, link, options: { url: `http://127.0.0.1:${link.address.port}`, token: key } };
}

describe.skipIf(chromium === undefined)('in a page of another origin', () => {
  it('executes, watches, answers and tells what was refused', { timeout: limitMs }, async () => {
    const { page, options } = await openPage({ allowed: 'this page' });
    const seen = await page.evaluate(async (options) => {
      const client = globalThis.aiwork.createClient<typeof units>(options);
      const asked = await client.start('ask', { name: 'Ada', n: 1 });
      const types: string[] = [];
      for await (const { type } of asked) {
        types.push(type);
        if (type === 'step.waiting') await asked.signal('may', { yes: true });
      }
      const error = await client.execute('ask', { name: 7 } as never).catch((error: unknown) => error);
      return {
        output: await client.execute('double', 21),
        answer: await asked.result(),
        first: types[0],
        last: types.at(-1),
        error: globalThis.aiwork.ClientError.isInstance(error)
          ? { fields: error.fields.length, requestId: typeof error.requestId }
          : error,
      };
    }, options);
    expect(seen).toEqual({
      output: 42,
      answer: true,
      first: 'run.started',
      last: 'run.finished',
      error: { fields: 2, requestId: 'string' },
    });
  });

  it('goes on when its connections are cut', { timeout: limitMs }, async () => {
    const { page, link, options } = await openPage({ allowed: 'this page' });
    await page.exposeFunction('cut', () => link.cut());
    await page.exposeFunction('openGate', () => gate.open.resolve());
    const { numbers, output } = await page.evaluate(async (options) => {
      const { cut, openGate } = globalThis as unknown as Record<'cut' | 'openGate', () => Promise<void>>;
      const talk = await globalThis.aiwork.createClient<typeof units>(options).start('talk', 100);
      const result = talk.result();
      const numbers: number[] = [];
      for await (const { seq } of talk) {
        numbers.push(seq);
        if (seq % 40 === 0) await cut();
        if (seq === 100) await openGate();
      }
      return { numbers, output: await result };
    }, options);
    expect(numbers).toEqual(Array.from({ length: 204 }, (_, i) => i + 1));
    expect(output).toEqual([['words', 100]]);
  });

  it('is not let through where the server does not allow its origin', { timeout: limitMs }, async () => {
    const { page, options } = await openPage({ allowed: 'another page' });
    const code = await page.evaluate(
      (options) =>
        globalThis.aiwork
          .createClient(options)
          .flows()
          .catch((error: { readonly code: string }) => error.code),
      options,
    );
    expect(code).toBe('AIWORK_SERVER_UNAVAILABLE');
  });
});
