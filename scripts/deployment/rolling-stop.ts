import { setTimeout as delay } from 'node:timers/promises';
import { ServiceUnavailable } from '../../contract-tests/src/services/index.ts';
import { command } from '../command.ts';
import type { Verdict } from '../gate.ts';
import type { Tarball } from '../tarballs.ts';
import { type AppImage, appImage } from './app-image.ts';
import { type Stack, startStack } from './stack.ts';

const clients = 8;
/** Answers that must have come before a server is stopped, and between two stops. */
const warmUp = 40;
const patienceMs = 60_000;

/** Stops the servers of a stack one after the other, as a new version of them does, while clients execute flows. */
export async function rollingStop(tarballs: readonly Tarball[], folder: string): Promise<Verdict> {
  const tag = `aiwork-gate-app:${process.pid}`;
  try {
    const image = await appImage(tarballs, folder, tag);
    await using stack = await startStack(image);
    return await stopUnderLoad(stack, image);
  } catch (error) {
    if (!(error instanceof ServiceUnavailable)) throw error;
    return { status: process.env['CI'] ? 'failed' : 'skipped', note: error.message };
  } finally {
    await command('docker', ['rmi', '--force', tag]);
  }
}

async function stopUnderLoad(stack: Stack, { key }: AppImage): Promise<Verdict> {
  const problems: string[] = [];
  const told = { answered: 0, later: 0, resent: 0 };
  let isOver = false;

  async function execute(text: string): Promise<void> {
    const body = JSON.stringify({ unit: 'review', input: { text } });
    const headers = { 'content-type': 'application/json', 'idempotency-key': text };
    let execution = await ask('/execute', { method: 'POST', headers, body });
    told.answered += 1;
    if (execution['status'] !== 'succeeded') told.later += 1;
    for (const deadline = Date.now() + patienceMs; execution['status'] !== 'succeeded'; ) {
      if (Date.now() > deadline) throw new Error(`${text} is ${JSON.stringify(execution)}`);
      await delay(200);
      execution = await ask(`/status/${execution['executionId']}`, {});
    }
    if (execution['output'] !== `<P>${text.toUpperCase()}</P>`)
      problems.push(`${text}: ${JSON.stringify(execution)}`);
  }

  /** What was not taken is sent again, with the same Idempotency-Key. */
  async function ask(path: string, init: RequestInit): Promise<Readonly<Record<string, unknown>>> {
    const headers = { ...init.headers, authorization: `Bearer ${key}` };
    for (const deadline = Date.now() + patienceMs; ; told.resent += 1) {
      const response = await fetch(stack.url + path, { ...init, headers });
      const text = await response.text();
      if (response.ok) return JSON.parse(text);
      if (![502, 503, 504].includes(response.status) || Date.now() > deadline) {
        throw new Error(`${path}: ${response.status} ${text}`);
      }
      await delay(200);
    }
  }

  async function client(id: number): Promise<void> {
    for (let i = 0; !isOver; i += 1)
      await execute(`run ${id}-${i}`).catch((error) => problems.push(String(error)));
  }

  async function until(answers: number): Promise<void> {
    while (told.answered < answers && problems.length === 0) await delay(50);
  }

  const load = Array.from({ length: clients }, (_, id) => client(id));
  try {
    for (const server of stack.servers) {
      await until(told.answered + warmUp);
      const code = await stack.stop(server);
      if (code !== 0) problems.push(`${server} ended with ${code}`);
      await until(told.answered + warmUp);
      await stack.start(server);
    }
    await until(told.answered + warmUp);
  } finally {
    isOver = true;
    await Promise.all(load);
  }
  for (const server of stack.servers) {
    if (!/"run finished"/.test(await stack.log(server))) problems.push(`${server} has worked on nothing`);
  }
  return {
    status: problems.length > 0 ? 'failed' : 'passed',
    note: `${told.answered} executions; ${told.later} were answered 202 at first, ${told.resent} requests sent again`,
    output: problems.slice(0, 10).join('\n'),
  };
}
