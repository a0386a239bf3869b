import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { createOrchestrator, defineAgent } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { scriptedChatModel } from '@aiwork/core/testing';
import { mcpTools } from '../src/index.ts';

/** Asks an agent that uses a server; killed in the middle of its second turn, and begun again with `resume`. */
const [, , path = '', log = '', mode] = process.argv;
const peer = fileURLToPath(new URL('./peer.fixture.ts', import.meta.url));
const tools = mcpTools({ peer: { command: process.execPath, args: [peer], env: { PEER_LOG: log } } });
const turns = [
  { toolCalls: [{ name: 'echo', input: { words: 'first' } }] },
  () => {
    if (mode === 'start') process.kill(process.pid, 'SIGKILL');
    return { toolCalls: [{ name: 'echo', input: { words: 'second' } }] };
  },
  'both were said',
];
const agent = defineAgent({
  id: 'speaker',
  instructions: 'Say both.',
  tools,
  // The turns that are in the journal are not asked for again.
  model: scriptedChatModel(mode === 'start' ? turns : turns.slice(1)),
});
const ai = createOrchestrator({ plugins: [sqlite({ path }), tools], units: [agent], leaseTtl: '1s' });
const run = mode === 'start' ? await ai.start(agent, 'Go.', { runId: 'r' }) : await ai.resume('r');
process.stdout.write(`${await run.result()}\n`);
await ai.close();
