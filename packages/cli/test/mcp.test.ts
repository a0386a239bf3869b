import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { aiwork, flowFile, newFolder, start } from './aiwork.fixture.ts';
import { serving } from './serving.fixture.ts';

/** A client of the protocol that speaks with the command over its pipes, as the client that starts it does. */
function speakWith(args: readonly string[]) {
  const { child, seen, finished } = start(['mcp', ...args]);
  const answers = new Map<number, (answer: Answer) => void>();
  const lines: string[] = [];
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (line) => {
    lines.push(line);
    const message: Answer = JSON.parse(line);
    answers.get(message.id)?.(message);
  });
  let sent = 0;
  function tell(method: string, params: object = {}, id?: number): void {
    child.stdin?.write(
      `${JSON.stringify({ jsonrpc: '2.0', ...(id !== undefined && { id }), method, params })}\n`,
    );
  }
  function ask(method: string, params?: object): Promise<Answer> {
    sent += 1;
    const id = sent;
    const answer = new Promise<Answer>((resolve) => answers.set(id, resolve));
    tell(method, params, id);
    return answer;
  }
  async function initialize(): Promise<Answer> {
    const clientInfo = { name: 'test', version: '1' };
    const answer = await ask('initialize', { protocolVersion: '2025-11-25', capabilities: {}, clientInfo });
    tell('notifications/initialized');
    return answer;
  }
  const call = async (name: string, given: object) =>
    (await ask('tools/call', { name, arguments: given })).result as ToolResult;
  return { child, seen, finished, lines, ask, call, initialize };
}

interface Answer {
  readonly id: number;
  // biome-ignore lint/suspicious/noExplicitAny: of whatever was asked for
  readonly result: any;
}

interface ToolResult {
  readonly content: readonly { readonly text: string }[];
  readonly isError?: boolean;
  readonly _meta: { readonly 'aiwork/runId': string };
}

it('serves what files export, and writes nothing but messages to standard output', {
  timeout: 60_000,
}, async () => {
  const { initialize, ask, call, child, finished, lines, seen } = speakWith([
    flowFile('greet.ts'),
    flowFile('approval.ts'),
    '--name',
    'greetings',
  ]);
  await seen('Serving "greeting", "greet", "approval" to the client that started this');
  expect((await initialize()).result.serverInfo.name).toBe('greetings');
  const { tools } = (await ask('tools/list')).result;
  expect(tools.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['greeting', 'greet', 'approval', 'aiwork_answer']),
  );
  const greeting = await call('greeting', { name: 'Ada' });
  expect(greeting.content[0]?.text).toBe('{"text":"HELLO, ADA!"}');
  child.stdin?.end();
  const { code, stderr } = await finished;
  expect(stderr).toContain('printed by the step');
  expect(lines.map((line) => JSON.parse(line).jsonrpc)).toEqual(lines.map(() => '2.0'));
  expect(code).toBe(0);
});

it('goes on at its next start with what was left, where runs are kept', { timeout: 60_000 }, async () => {
  const state = join(await newFolder(), 'runs.db');
  const first = speakWith([flowFile('approval.ts'), '--state', state]);
  await first.initialize();
  const asked = await first.call('approval', {});
  expect(asked.content[0]?.text).toContain('Publish a draft?');
  const run = asked._meta['aiwork/runId'];
  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  const second = speakWith([flowFile('approval.ts'), '--state', state]);
  await second.initialize();
  const answer = { run, step: 'approve', payload: { approved: true } };
  expect((await second.call('aiwork_answer', answer)).content[0]?.text).toContain('published a draft');
  second.child.kill('SIGTERM');
  expect((await second.finished).code).toBe(0);
});

it('says what is wrong with the command line', { timeout: 60_000 }, async () => {
  const unknown = await aiwork(['mcp', flowFile('greet.ts'), '--flow', 'greetin']);
  expect(unknown.stderr).toContain('has no "greetin"');
  expect(unknown.stdout).toBe('');
  expect(unknown.code).toBe(2);
});

it('answers clients over HTTP, too, where aiwork serve is told to', { timeout: 60_000 }, async () => {
  const { url } = await serving([flowFile('greet.ts'), '--mcp']);
  const ask = async (method: string, params: object, session?: string) => {
    const response = await fetch(`${url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session !== undefined && { 'mcp-session-id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    });
    const text = await response.text();
    const data = /^data: (\{.*)$/m.exec(text)?.[1] ?? text;
    return { session: response.headers.get('mcp-session-id') ?? undefined, result: JSON.parse(data).result };
  };
  const clientInfo = { name: 'test', version: '1' };
  const { session } = await ask('initialize', {
    protocolVersion: '2025-11-25',
    capabilities: {},
    clientInfo,
  });
  const { result } = await ask('tools/call', { name: 'greet', arguments: { name: 'Ada' } }, session);
  expect(result.content).toEqual([{ type: 'text', text: 'Hello, Ada!' }]);
});
