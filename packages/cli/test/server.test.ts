import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join } from 'node:path';
import { createOrchestrator, defineTask } from '@aiwork/core';
import { apiKeys, createServer, newApiKey } from '@aiwork/server';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { aiwork, flowFile, newFolder, start } from './aiwork.fixture.ts';
import { approval } from './flows/approval.ts';
import greeting, { greet } from './flows/greet.ts';

vi.setConfig({ testTimeout: 120_000 });

const fails = defineTask({
  id: 'fails',
  input: z.object({}),
  run: () => {
    throw new Error('the disk is full');
  },
});

/** A server of this process, that lets in who has its key. */
async function served(units = [approval, greeting, greet, fails]) {
  const { key, hash } = newApiKey();
  const orchestrator = createOrchestrator({ units });
  const auth = [apiKeys([{ id: 'ada', scopes: ['*:*'], hash }])];
  const server = await createServer({ orchestrator, units, auth });
  const url = await server.listen();
  onTestFinished(async () => {
    await server.close();
    await orchestrator.close();
  });
  const env = { AIWORK_TOKEN: key };
  return {
    url,
    key,
    env,
    orchestrator,
    call: (...args: string[]) => aiwork([...args, '--server', url], { env }),
  };
}

async function closedPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}

const jsonLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('aiwork run --server', () => {
  it('runs what the server serves, and shows it as if it ran here', async () => {
    const { call } = await served();
    const { code, stdout, stderr } = await call(
      'run',
      '--flow',
      'greeting',
      '-i',
      '{"name":"Ada"}',
      '-t',
      'x',
    );
    expect(stdout).toBe('{\n  "text": "HELLO, ADA!"\n}\n');
    expect(stderr).toMatch(/● hello started/);
    expect(stderr).toMatch(/✔ shout done in/);
    expect(stderr).toMatch(/info shout about to shout/);
    expect(stderr).toMatch(/✔ Run \S+ succeeded in/);
    expect(code).toBe(0);
    const listed = await call('runs', 'list', '--tag', 'x', '--json');
    expect(jsonLines(listed.stdout)).toMatchObject([{ unitId: 'greeting', status: 'succeeded' }]);
  });

  it('gives events as lines of JSON, the result last', async () => {
    const { call } = await served([greeting]);
    const { stdout } = await call('run', '--json');
    const lines = jsonLines(stdout);
    expect(lines.map(({ type }) => type)).toEqual([
      'run.started',
      'step.started',
      'step.succeeded',
      'step.started',
      'log',
      'step.succeeded',
      'run.finished',
      'result',
    ]);
    expect(lines.at(-1)).toMatchObject({ status: 'succeeded', output: { text: 'HELLO, WORLD!' } });
  });

  it('says what went wrong there, and ends with 1', async () => {
    const { call } = await served();
    const { code, stderr } = await call('run', '--flow', 'fails');
    expect(stderr).toContain('the disk is full');
    expect(stderr).toMatch(/✖ Run \S+ failed after/);
    expect(code).toBe(1);
  });

  it('is answered from another terminal, and cancelled by Ctrl-C', async () => {
    const { call, url, env, orchestrator } = await served();
    const first = start(['run', '--flow', 'approval', '--server', url], { env });
    await first.seen(`JSON --server ${url}`);
    const id = /aiwork runs signal (\S+) approve/.exec(first.printed())?.[1] ?? '';
    const signal = await call('runs', 'signal', id, 'approve', '{"approved":true}');
    expect(signal).toMatchObject({ code: 0 });
    expect(await first.finished).toMatchObject({ code: 0, stdout: 'published a draft\n' });

    const second = start(['run', '--flow', 'approval', '--server', url], { env });
    await second.seen(`JSON --server ${url}`);
    second.child.kill('SIGINT');
    expect((await second.finished).code).toBe(3);
    expect((await orchestrator.list({ status: 'cancelled' })).items).toHaveLength(1);
  });

  it.each([
    ['a file', [flowFile('greet.ts')], /is not read with --server.*--flow ID/],
    ['several flows', [], /several to choose from: "approval", "greeting"[\s\S]*--flow approval/],
    ['an id of its own', ['--flow', 'greet', '--run-id', 'mine'], /a server makes the ids of its runs/],
    ['an unknown flow', ['--flow', 'gret'], /nothing called "gret" is served here; there is .*"greet"/],
    ['an input that does not fit', ['--flow', 'greet'], /name: Invalid input[\s\S]*no --input was given/],
  ])('ends with 2 and explains %s', async (_, args, says) => {
    const { call } = await served();
    const { code, stderr } = await call('run', ...args);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/ {4}at /);
    expect(code).toBe(2);
  });

  it('says who is not let in, where nobody listens, and what is no server, and shows no token', async () => {
    const { url, key } = await served();
    const wrong = `${key}-not`;
    const refused = await aiwork(['run', '--server', url], { env: { AIWORK_TOKEN: wrong } });
    expect(refused.stderr).toMatch(
      /the token is not valid[\s\S]*AIWORK_UNAUTHENTICATED[\s\S]*hint: .*AIWORK_TOKEN/,
    );
    const nobody = await aiwork(['runs', 'list', '--server', `http://127.0.0.1:${await closedPort()}`], {
      env: { AIWORK_TOKEN: wrong },
    });
    expect(nobody.stderr).toMatch(/ECONNREFUSED[\s\S]*hint: is a server running there/);
    const other = await aiwork(['run', '--server', url, '--token-env', 'OTHER']);
    expect(other.stderr).toContain('the environment variable OTHER of --token-env is not set');
    const none = await aiwork(['run', '--server', 'localhost:1']);
    expect(none.stderr).toContain('--server cannot be used: url is');
    expect([refused, nobody, other, none].map(({ code }) => code)).toEqual([1, 1, 2, 2]);
    for (const { stdout, stderr } of [refused, nobody]) expect(stdout + stderr).not.toContain(wrong);
  });
});

describe('aiwork runs --server', () => {
  it('shows, repeats and goes on with runs, and draws them', async () => {
    const { call, env, url } = await served();
    const ran = await call('run', '--flow', 'approval', '--no-wait');
    expect(ran.stderr).toContain('waits');
    expect(ran.code).toBe(4);
    const id = /aiwork runs signal (\S+) approve/.exec(ran.stderr)?.[1] ?? '';

    const shown = await call('runs', 'show', id);
    expect(shown.stdout).toMatch(/flow +approval \(version 1\)/);
    expect(shown.stdout).toMatch(/◆ approve +waits for a signal/);

    const answered = await call('runs', 'signal', id, 'approve', '{"approved":false}', '--json');
    expect(JSON.parse(answered.stdout)).toMatchObject({ runId: id, delivered: true });
    const typo = await call('runs', 'signal', id, 'aprove', '{"approved":false}');
    expect(typo.stderr).toContain('Did you mean "approve"?');

    const resumed = await call('runs', 'resume', id);
    expect(resumed).toMatchObject({ code: 0, stdout: 'dropped\n' });
    const rerun = await call('runs', 'rerun', id, '--from', 'publish');
    expect(rerun).toMatchObject({ code: 0, stdout: 'dropped\n' });
    const named = await call('runs', 'rerun', id, '--run-id', 'mine');
    expect(named.stderr).toContain('a server makes the ids of its runs: leave --run-id out');
    expect(named.code).toBe(2);
    const unknown = await call('runs', 'rerun', id, '--from', 'publsh');
    expect(unknown.stderr).toContain('Did you mean "publish"?');

    const cancelled = await call('runs', 'cancel', id);
    expect(cancelled.stderr).toContain('is over already');
    const folder = await newFolder();
    const page = join(folder, 'run.html');
    await aiwork(['runs', 'show', id, '--timeline', page, '--server', url], { env });
    expect(await readFile(page, 'utf8')).toContain('approval');
    const missing = await call('runs', 'show', `${id}x`);
    expect(missing.stderr).toContain(`Did you mean "${id}"?`);
    expect(missing.code).toBe(2);
  });

  it('lists no more than is asked for, and says that there are more', async () => {
    const { call, orchestrator } = await served();
    for (const name of ['a', 'b', 'c']) {
      const run = await orchestrator.start(greet, { name }, { tags: ['aiwork:principal=ada'] });
      await run.result();
    }
    const { stdout, stderr } = await call('runs', 'list', '-n', '2', '--flow', 'greet');
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(stderr).toContain('More runs than 2');
  });
});

it('aiwork graph --server draws what the server serves', async () => {
  const { call } = await served();
  const there = await call('graph', '--flow', 'greeting');
  const here = await aiwork(['graph', flowFile('greet.ts')]);
  expect(there).toEqual(here);
});
