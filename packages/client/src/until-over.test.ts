import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { settingsOf } from './client-options.ts';
import { pause } from './http/back-off.ts';
import { serverAt } from './http/server-at.ts';
import { untilOver } from './until-over.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

const execution = (status: string) => Response.json({ executionId: 'r', status });

interface Asked {
  /** Since the first one, in milliseconds. */
  readonly atMs: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** What waiting for the end at a server that answers like this comes to, when time passes as fast as it can. */
async function settle(answer: (asked: Asked) => Promise<Response>, maxOutageMs = 10_000) {
  const begun = performance.now();
  const settings = settingsOf({
    url: 'http://there',
    maxOutageMs,
    fetch: (_, init) => {
      const waitMs = 1000 * Number(/\d+/.exec(new Headers(init?.headers).get('prefer') ?? ''));
      return answer({ atMs: performance.now() - begun, waitMs, signal: init?.signal as AbortSignal });
    },
  });
  const settled = untilOver(serverAt(settings), 'r').then(
    ({ status }) => status,
    (error: unknown) => error,
  );
  await vi.runAllTimersAsync();
  return settled;
}

describe('waiting for the end of an execution', () => {
  it('gets over an outage that begins while the server waits, too', async () => {
    const lostMs = 19_000;
    const status = await settle(async ({ atMs, signal }) => {
      if (atMs === 0) await pause(lostMs, signal);
      if (atMs < lostMs + 8000) throw new TypeError('fetch failed');
      return execution('succeeded');
    });
    expect(status).toBe('succeeded');
  });

  it('gives up an outage that is longer', async () => {
    const status = await settle(() => Promise.reject(new TypeError('fetch failed')));
    expect(status).toMatchObject({ code: 'AIWORK_SERVER_UNAVAILABLE', retryable: true });
  });

  it('asks a gateway that does not wait for as long to wait for less', async () => {
    const patienceMs = 3000;
    const status = await settle(async ({ atMs, waitMs, signal }) => {
      await pause(Math.min(waitMs, patienceMs), signal);
      if (waitMs > patienceMs) return new Response('<html>', { status: 504 });
      return execution(atMs > 300_000 ? 'succeeded' : 'running');
    }, 30_000);
    expect(status).toBe('succeeded');
  });
});
