import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOrchestrator } from '@aiwork/core';
import { expect, it, onTestFinished } from 'vitest';
import { mcpHandler } from '../src/index.ts';
import { conformanceUnits } from './conformance.fixture.ts';

/** What units have no words for. A scenario of these that passes is an error, too. */
const notOffered = [
  'completion-complete',
  'prompts-get-embedded-resource',
  'prompts-get-simple',
  'prompts-get-with-args',
  'prompts-get-with-image',
  'prompts-list',
  'resources-read-binary',
  'resources-read-text',
  'resources-subscribe',
  'resources-templates-read',
  'resources-unsubscribe',
  'server-sse-polling',
  'tools-call-audio',
  'tools-call-embedded-resource',
  'tools-call-image',
  'tools-call-mixed-content',
  'tools-call-sampling',
];

/** The suite that the makers of the protocol publish, from a folder of its own: it leaves results there. */
async function suite(args: (folder: string) => Promise<readonly string[]> | readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-mcp-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const manifest = createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json');
  const words = [join(manifest, '../dist/index.js'), ...(await args(folder))];
  return new Promise<{ readonly code: unknown; readonly output: string }>((resolve) => {
    execFile(process.execPath, words, { cwd: folder, maxBuffer: 1e8 }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    );
  });
}

it('the server does what the protocol asks of it', { timeout: 180_000 }, async () => {
  await using orchestrator = createOrchestrator({ units: conformanceUnits });
  await using mcp = mcpHandler({ orchestrator, units: conformanceUnits });
  const server = createServer((request, response) => void mcp.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://localhost:${(server.address() as AddressInfo).port}/mcp`;
  const { code, output } = await suite(async (folder) => {
    const known = join(folder, 'known.yml');
    await writeFile(known, `server:\n${notOffered.map((name) => `  - ${name}\n`).join('')}`);
    return ['server', '--url', url, '--suite', 'all', '--expected-failures', known];
  });
  expect(code, output.slice(-6000)).toBe(0);
  expect(output).toMatch(/tools-call-elicitation/);
});

it.each(['initialize', 'tools_call', 'sse-retry'])(
  'the client does what %s asks of it',
  {
    timeout: 120_000,
  },
  async (scenario) => {
    const program = fileURLToPath(new URL('./conformance-client.fixture.ts', import.meta.url));
    const command = `${process.execPath} --conditions=@aiwork/source ${program}`;
    const { code, output } = await suite(() => [
      'client',
      '--command',
      command,
      '--scenario',
      scenario,
      '--timeout',
      '100000',
    ]);
    expect(code, output.slice(-6000)).toBe(0);
  },
);
