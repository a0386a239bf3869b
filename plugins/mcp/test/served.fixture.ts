import process from 'node:process';
import { createOrchestrator, defineAgent, defineTool } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { z } from 'zod';
import { serveMcp } from '../src/index.ts';

/** A program that is served over its pipes, and prints where it should not. */
console.error('begun');

const shout = defineTool({
  name: 'shout',
  description: 'Makes a text loud.',
  input: z.object({ text: z.string() }),
  run: ({ text }) => {
    console.log('printed by the tool');
    process.stdout.write('written by the tool\n');
    return text.toUpperCase();
  },
});
const remove = defineTool({
  name: 'remove',
  description: 'Removes a file.',
  input: z.object({ file: z.string() }),
  approval: true,
  run: ({ file }) => `removed ${file}`,
});
const clerk = defineAgent({
  id: 'clerk',
  instructions: 'Do what you are told.',
  tools: [remove],
  model: scriptedChatModel([
    { toolCalls: [{ name: 'remove', input: { file: 'a.txt' } }] },
    ({ messages }) => `done: ${JSON.stringify(messages.at(-1)?.content)}`,
  ]),
});

const units = [shout, clerk];
const orchestrator = createOrchestrator({ units });
const serving = serveMcp({ orchestrator, units });
process.once('SIGTERM', () => void serving.close());
await serving.closed;
await orchestrator.close();
console.log('printed after it served');
