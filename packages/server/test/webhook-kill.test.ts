import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook as Verifier } from 'standardwebhooks';
import { expect, it, onTestFinished } from 'vitest';
import { newWebhookSecret } from '../src/index.ts';
import { receiver } from '../src/webhooks/receiver.fixture.ts';
import type { TellProcessOptions } from './tell-process.fixture.ts';

const program = new URL('./tell-process.fixture.ts', import.meta.url);
const patience = { timeout: 120_000 };

async function startProcess(options: TellProcessOptions) {
  const child = fork(program, [JSON.stringify(options)], {
    execArgv: ['--conditions=@aiwork/source', '--no-warnings'],
  });
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(kill);
  const [url] = await once(child, 'message');
  return { url: String(url), kill };
}

it('tells an endpoint, by another process, of what one that was killed could not', {
  timeout: 240_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-webhooks-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const {
    url: endpoint,
    received,
    answer,
  } = await receiver((response) => void response.writeHead(503).end());
  const secret = newWebhookSecret();
  const options = { path: join(folder, 'runs.db'), endpoint, secret };

  const first = await startProcess(options);
  await fetch(`${first.url}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ unit: 'double', input: 21 }),
  });
  await expect.poll(() => received.length, patience).toBeGreaterThan(1);
  await first.kill();
  const [refused] = received;
  received.length = 0;
  answer((response) => void response.writeHead(204).end());

  await startProcess(options);
  await expect.poll(() => received.length, patience).toBe(1);
  const [told] = received;
  expect(told?.headers['webhook-id']).toBe(refused?.headers['webhook-id']);
  const message = new Verifier(secret).verify(told?.body ?? '', told?.headers ?? {});
  expect(message).toMatchObject({ type: 'run.finished', data: { unit: 'double', event: { output: 42 } } });
});
