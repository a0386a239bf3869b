import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { textOf } from '../src/serve/serve.fixture.ts';
import { isAlive } from './use.fixture.ts';

vi.setConfig({ testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });

const program = {
  command: process.execPath,
  args: ['--conditions=@aiwork/source', fileURLToPath(new URL('./served.fixture.ts', import.meta.url))],
};

/** The official client, with what the program wrote to standard error. */
async function connect(options: ClientOptions) {
  const transport = new StdioClientTransport({ ...program, stderr: 'pipe' });
  let printed = '';
  transport.stderr?.on('data', (chunk) => {
    printed += chunk;
  });
  const client = new Client({ name: 'test', version: '1.0.0' }, options);
  const errors: Error[] = [];
  client.onerror = (error) => errors.push(error);
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, transport, errors, printed: () => printed };
}

describe.each([
  ['2025', { mode: 'legacy' }],
  ['2026', { mode: { pin: '2026-07-28' } }],
] as const)('a client of %s that started a program', (_, versionNegotiation) => {
  it('calls its tools, whatever they print', async () => {
    const { client, errors, printed } = await connect({ versionNegotiation });
    const result = await client.callTool({ name: 'shout', arguments: { text: 'good day' } });
    expect(textOf(result)).toBe('GOOD DAY');
    await expect.poll(printed).toContain('printed by the tool\nwritten by the tool\n');
    expect(errors).toEqual([]);
  });

  it('is asked whether an agent may call a tool', async () => {
    const { client } = await connect({ versionNegotiation, capabilities: { elicitation: { form: {} } } });
    const asked: unknown[] = [];
    client.setRequestHandler('elicitation/create', ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { approved: true } };
    });
    const result = await client.callTool({ name: 'clerk', arguments: { input: 'Remove a.txt.' } });
    expect(textOf(result)).toBe('done: "removed a.txt"');
    expect(asked).toEqual([expect.stringContaining('{"tool":"remove","input":{"file":"a.txt"}}')]);
  });

  it('ends it by going', async () => {
    const { client, transport } = await connect({ versionNegotiation });
    const { pid } = transport;
    expect(isAlive(pid ?? 0)).toBe(true);
    await client.close();
    await expect.poll(() => isAlive(pid ?? 0), { timeout: 20_000 }).toBe(false);
  });
});

it('a program ends at the end of its input, and gives standard output back', async () => {
  const child = spawn(program.command, program.args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stdin.end('this is no message\n');
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  expect(stdout).toBe('printed after it served\n');
});

it('a program ends when it is told to', async () => {
  const child = spawn(program.command, program.args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })}\n`);
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
});
