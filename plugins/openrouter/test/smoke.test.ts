import { generate } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { openrouter } from '../src/openrouter.ts';

const { OPENROUTER_API_KEY, AIWORK_SMOKE_MODEL = 'meta-llama/llama-3.3-70b-instruct' } = process.env;

describe.skipIf(OPENROUTER_API_KEY === undefined)('the real provider, as OPENROUTER_API_KEY is there', () => {
  it('answers and says what it used', { timeout: 120_000 }, async () => {
    const messages = [{ role: 'user', content: 'Answer with the word "pong" and nothing else.' }] as const;
    const reply = await generate(openrouter(AIWORK_SMOKE_MODEL), { messages, maxTokens: 2000 });
    expect(reply.text.toLowerCase()).toContain('pong');
    expect(reply.reason).toBe('stop');
    expect(reply.usage?.inputTokens).toBeGreaterThan(0);
    expect(reply.usage?.outputTokens).toBeGreaterThan(0);
  });

  it('refuses a model that there is not', { timeout: 120_000 }, async () => {
    const messages = [{ role: 'user', content: 'Hi' }] as const;
    await expect(generate(openrouter('no-such-model'), { messages })).rejects.toMatchObject({
      code: 'AIWORK_MODEL_REFUSED',
      retryable: false,
    });
  });
});
