import { expect, it } from 'vitest';
import { formOf } from './elicitation.ts';

const field = (schema: object, required: readonly string[] = []) =>
  formOf({ step: 'ask' }, { type: 'object', properties: { field: schema }, required });

it('asks for texts, numbers, yes or no, and choices', () => {
  for (const schema of [
    { type: 'string', format: 'email', maxLength: 10 },
    { type: 'integer', minimum: 0 },
    { type: 'boolean', default: true },
    { type: 'string', enum: ['a', 'b'] },
    { type: 'array', items: { type: 'string', enum: ['a', 'b'] } },
  ]) {
    expect(field(schema), JSON.stringify(schema)).toMatchObject({
      params: { requestedSchema: { properties: { field: schema } } },
    });
  }
});

it('asks for no more than a form can', () => {
  expect(field({ type: 'object', properties: {} })).toBeUndefined();
  expect(field({ type: 'array', items: { type: 'number' } })).toBeUndefined();
  expect(field({ anyOf: [{ type: 'string' }, { type: 'number' }] })).toBeUndefined();
  expect(formOf({ step: 'ask' }, { type: 'string' })).toBeUndefined();
  expect(formOf({ step: 'ask' }, undefined)).toBeUndefined();
});

it('leaves out what forms do not know, which is checked when the answer comes', () => {
  expect(field({ type: 'string', pattern: '^a', format: 'uuid' }, ['field'])).toMatchObject({
    params: { requestedSchema: { properties: { field: { type: 'string' } }, required: ['field'] } },
  });
});

it('asks what the step asks', () => {
  const schema = { type: 'object', properties: { yes: { type: 'boolean' } } };
  const message = (prompt?: unknown) =>
    formOf({ step: 'ask', ...(prompt !== undefined && { prompt }) }, schema)?.params;
  expect(message('Sure?')).toMatchObject({ message: 'Sure?' });
  expect(message({ file: 'a' })).toMatchObject({ message: 'ask: {"file":"a"}' });
  expect(message()).toMatchObject({ message: '"ask" waits for an answer.' });
});
