import { onTestFinished } from 'vitest';
import { type Running, type StartOptions, start } from './aiwork.fixture.ts';

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever was asked for
  readonly body: any;
}

export interface Serving extends Running {
  readonly url: string;
  get(path: string, token?: string): Promise<Answer>;
  execute(unit: string, input: unknown, token?: string): Promise<Answer>;
}

/** `aiwork serve` on a free port, when it listens; ended after the test. */
export async function serving(args: readonly string[], options?: StartOptions): Promise<Serving> {
  const running = start(['serve', ...args, '--port', '0'], options);
  onTestFinished(() => {
    running.child.kill('SIGKILL');
  });
  await running.seen('at http');
  const url = /at (https?:\/\/[^\s;]+:\d+)/.exec(running.printed())?.[1];
  if (url === undefined) throw new Error(`no URL in ${running.printed()}`);

  async function ask(path: string, token: string | undefined, init: RequestInit = {}): Promise<Answer> {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    const response = await fetch(url + path, { ...init, headers });
    return { status: response.status, body: await response.json() };
  }

  return {
    ...running,
    url,
    get: (path, token) => ask(path, token),
    execute: (unit, input, token) =>
      ask('/execute', token, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ unit, input }),
      }),
  };
}
