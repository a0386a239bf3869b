import { expect, it } from 'vitest';
import { z } from 'zod';
import { validate } from './schema.ts';

it('says what is wrong with a value, and where in it', async () => {
  const schema = z.object({ people: z.array(z.object({ 'first name': z.string() })), n: z.int() });
  const value = { people: [{ 'first name': 'Ada' }, { 'first name': 1 }], n: 0.5 };
  const failure = { code: 'AIWORK_INVALID_INPUT', what: 'the list' } as const;
  expect(() => validate(schema, value, failure)).toThrow(
    expect.objectContaining({
      code: 'AIWORK_INVALID_INPUT',
      message: expect.stringMatching(/^the list is invalid: people\.1\.first name: .*; n: /),
      issues: [
        { path: ['people', '1', 'first name'], message: expect.any(String) },
        { path: ['n'], message: expect.any(String) },
      ],
    }),
  );
});
