import type { Schema } from '@aiwork/core';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkText } from './check-text.fixture.ts';
import { schemaGuardrail } from './schema-guardrail.ts';

function schemaOf(validate: (value: unknown) => unknown): Schema {
  return { '~standard': { version: 1, vendor: 'test', validate } } as Schema;
}

describe('schemaGuardrail', () => {
  it.each<[string, Schema]>([
    ['Zod', z.object({ stars: z.array(z.number()) })],
    ['Valibot', v.object({ stars: v.array(v.number()) })],
  ])('passes what a schema of %s takes and says where it does not', async (_, schema) => {
    const guardrail = schemaGuardrail({ name: 'test', schema, onFail: 'retry' });
    expect(await checkText(guardrail, '{"stars":[1,2]}')).toEqual({ action: 'pass' });
    expect(await checkText(guardrail, '{"stars":[1,"2"]}')).toMatchObject({
      action: 'retry',
      feedback: expect.stringMatching(/^the JSON does not fit its schema: at \/stars\/1: /),
    });
  });

  it('says line and column of what is not JSON', async () => {
    const guardrail = schemaGuardrail({ name: 'test', schema: z.any() });
    expect(await checkText(guardrail, '{"a"\n1}')).toEqual({
      action: 'block',
      reason: 'the text is not JSON: there is something else where ":" should be, at line 2, column 1',
    });
  });

  it('shows the text itself on request', async () => {
    const guardrail = schemaGuardrail({ name: 'test', schema: z.string().max(3), as: 'text' });
    expect(await checkText(guardrail, 'abc')).toEqual({ action: 'pass' });
    expect(await checkText(guardrail, 'abcd')).toMatchObject({
      reason: expect.stringContaining('the text does not fit its schema: at the root: '),
    });
  });

  it('waits for an asynchronous schema', async () => {
    const schema = z.string().refine(async (text) => text === 'good', 'not good');
    const guardrail = schemaGuardrail({ name: 'test', schema });
    expect(await checkText(guardrail, '"good"')).toEqual({ action: 'pass' });
    expect(await checkText(guardrail, '"bad"')).toMatchObject({
      reason: expect.stringContaining('not good'),
    });
  });

  it('blocks when a schema throws', async () => {
    const schema = schemaOf(() => {
      throw new RangeError('broken');
    });
    expect(await checkText(schemaGuardrail({ name: 'test', schema }), '1')).toEqual({
      action: 'block',
      reason: 'its schema threw RangeError: broken',
    });
  });

  it('blocks when a schema never answers', async () => {
    const schema = schemaOf(() => new Promise(() => {}));
    expect(await checkText(schemaGuardrail({ name: 'test', schema, timeoutMs: 20 }), '1')).toEqual({
      action: 'block',
      reason: 'its schema took longer than 20 ms',
    });
  });

  it('writes paths as JSON pointers', async () => {
    const schema = schemaOf(() => ({
      issues: [{ message: 'wrong', path: ['a/b', { key: '~' }, 0, Symbol('s')] }],
    }));
    expect(await checkText(schemaGuardrail({ name: 'test', schema }), '1')).toMatchObject({
      reason: 'the JSON does not fit its schema: at /a~1b/~0/0/Symbol(s): wrong',
    });
  });

  it('passes what is still being streamed', async () => {
    const guardrail = schemaGuardrail({ name: 'test', schema: z.number() });
    const { signal } = new AbortController();
    expect(await guardrail.check({ text: '"', final: false }, { signal })).toEqual({ action: 'pass' });
  });

  it('bounds bytes and depth', async () => {
    const guardrail = schemaGuardrail({ name: 'test', schema: z.any(), maxTextBytes: 4, maxDepth: 1 });
    expect(await checkText(guardrail, '[  ]')).toEqual({ action: 'pass' });
    expect(await checkText(guardrail, '[   ]')).toMatchObject({
      reason: expect.stringContaining('maxTextBytes'),
    });
    expect(await checkText(guardrail, '[[]]')).toMatchObject({
      reason: expect.stringContaining('deeper than 1'),
    });
  });

  it('refuses what is no Standard Schema', () => {
    expect(() => schemaGuardrail({ name: 'test', schema: {} as Schema })).toThrow(
      expect.objectContaining({ code: 'AIWORK_INVALID_ARGUMENT' }),
    );
  });
});
