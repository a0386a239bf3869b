// Run in a project made by npm that has nothing but the tarballs, on the oldest Node that `engines` promises too.
import assert from 'node:assert/strict';
import { createOrchestrator, defineFlow, defineTask } from '@aiwork/core';
import { regexGuardrail } from '@aiwork/guardrails';
import { memory } from '@aiwork/memory';
import { z } from 'zod';

// The backtracking engine works in a thread of its own, which has to be found in the package.
const guardrail = regexGuardrail({
  name: 'no-mail',
  patterns: { mail: /\S+@\S+/ },
  onFail: 'redact',
  engine: 'backtracking',
});

const find = defineTask({
  id: 'find',
  input: z.object({ question: z.string() }),
  run: async ({ question }, { use, signal }) => {
    await use('memory').upsert([{ id: 'note', text: 'Ask ada@example.org for the key.' }], { signal });
    const [best] = await use('memory').search({ text: question, topK: 1 }, { signal });
    return best?.text ?? '';
  },
});

const check = defineTask({
  id: 'check',
  input: z.string(),
  run: (text, { signal }) => guardrail.check({ text, final: true }, { signal }),
});

const flow = defineFlow({ id: 'consumer', input: z.object({ question: z.string() }) }, (f) => {
  const found = f.call('find', find, { question: f.input.$.question });
  return f.call('check', check, found.$);
});

const ai = createOrchestrator({ plugins: [memory()] });
try {
  const run = await ai.start(flow, { question: 'Where is the key?' });
  const verdict = await run.result();
  assert.equal(verdict.action, 'redact');
  assert.equal(verdict.text, 'Ask [redacted] for the key.');
} finally {
  await ai.close();
}
