import { defineAgent, defineTool } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { guardrailPolicy } from '@aiwork/guardrails';
import { z } from 'zod';

const lookUp = defineTool({
  name: 'lookUp',
  description: 'Finds an address.',
  input: z.object({ who: z.string() }),
  run: ({ who }) => `${who} is at ada@example.org`,
});

export const clerk = defineAgent({
  id: 'clerk',
  instructions: 'Answer customers.',
  model: scriptedChatModel([
    { toolCalls: [{ name: 'lookUp', input: { who: 'Ada' } }] },
    'You can write to ada@example.org whenever you like.',
    'Write to ada@example.org.',
  ]),
  tools: [lookUp],
  guardrails: guardrailPolicy(`
version: 1
guardrails:
  - { kind: personal-data, name: people, on: [input, output, tool-result] }
  - { kind: length, name: brief, unit: words, max: 6, onFail: retry }
`),
});
