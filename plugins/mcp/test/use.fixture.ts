import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AnyTool, createOrchestrator } from '@aiwork/core';
import { onTestFinished } from 'vitest';
import { type McpProgram, type McpServerOptions, type McpToolsOptions, mcpTools } from '../src/index.ts';

const peerFile = fileURLToPath(new URL('./peer.fixture.ts', import.meta.url));

/** The program with the tools of `peer.fixture.ts`, and what it wrote down. */
export async function peerProgram(env: Readonly<Record<string, string>> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-mcp-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const log = join(folder, 'log');
  const program: McpProgram = {
    command: process.execPath,
    args: [peerFile],
    env: { PEER_LOG: log, ...env },
  };
  return { program, log: () => readFile(log, 'utf8').catch(() => '') };
}

/** Tools that are connected with, and closed after the test; `call` calls one as a run of its own. */
export async function use(
  servers: Readonly<Record<string, McpServerOptions>>,
  options: McpToolsOptions = {},
) {
  const mcp = mcpTools(servers, options);
  const orchestrator = createOrchestrator({ plugins: [mcp] });
  onTestFinished(() => orchestrator.close());
  await orchestrator.list();
  const find = (name: string): AnyTool => {
    const tool = mcp.tools().find(({ id }) => id === name);
    if (!tool) throw new Error(`there is no ${name} among ${mcp.tools().map(({ id }) => id)}`);
    return tool;
  };
  return {
    mcp,
    orchestrator,
    find,
    names: () => mcp.tools().map(({ id }) => id),
    async call(name: string, input: unknown = {}): Promise<unknown> {
      return (await orchestrator.start(find(name), input)).result();
    },
  };
}

/** Whether there is a process of this id. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
