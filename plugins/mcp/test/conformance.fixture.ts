import type { AnyUnit, JsonSchema, WireSchema } from '@aiwork/core';
import { defineFlow, defineTool } from '@aiwork/core';
import { z } from 'zod';

/** What the conformance suite of the protocol asks a server to have, as far as tools can. */
const nothing = z.object({});

/** A schema as it is written, which is what some of the checks look at. */
const written = (json: JsonSchema): WireSchema => ({
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) => ({ value }),
    jsonSchema: { input: () => json, output: () => json },
  },
});

const asking = (id: string, payload: WireSchema) =>
  defineFlow({ id, input: z.object({ message: z.string().default('Please answer.') }) }, (f) => {
    const answer = f.waitFor('answer', {
      needs: { input: f.input },
      payload,
      prompt: ({ input }) => input.message,
    });
    return f.step('tell', {
      needs: { answer },
      run: ({ answer }) => `User response: ${JSON.stringify(answer)}`,
    });
  });

const choices = ['option1', 'option2', 'option3'];
const titled = [
  { const: 'value1', title: 'First' },
  { const: 'value2', title: 'Second' },
  { const: 'value3', title: 'Third' },
];

export const conformanceUnits: readonly AnyUnit[] = [
  defineTool({
    name: 'test_simple_text',
    description: 'Gives a text.',
    input: nothing,
    run: () => 'This is a simple text response for testing.',
  }),
  defineTool({
    name: 'test_error_handling',
    description: 'Fails.',
    input: nothing,
    run: () => {
      throw new Error('This tool intentionally returns an error for testing');
    },
  }),
  defineTool({
    name: 'test_tool_with_logging',
    description: 'Logs.',
    input: nothing,
    run: (_, { log }) => {
      for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed'])
        log.info(line);
      return 'done';
    },
  }),
  defineFlow({ id: 'test_tool_with_progress', input: nothing }, (f) => {
    const first = f.step('first', { run: () => 0 });
    const second = f.step('second', { needs: { first }, run: () => 50 });
    return f.step('third', { needs: { second }, run: () => 100 });
  }),
  defineTool({
    name: 'json_schema_2020_12_tool',
    description: 'Tool with JSON Schema 2020-12 features',
    input: written({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      $defs: {
        address: { type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
      },
      properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
      additionalProperties: false,
    }),
    run: () => 'ok',
  }),
  asking('test_elicitation', z.object({ username: z.string(), email: z.string() })),
  asking(
    'test_elicitation_sep1034_defaults',
    written({
      type: 'object',
      properties: {
        name: { type: 'string', default: 'John Doe' },
        age: { type: 'integer', default: 30 },
        score: { type: 'number', default: 95.5 },
        status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
        verified: { type: 'boolean', default: true },
      },
    }),
  ),
  asking(
    'test_elicitation_sep1330_enums',
    written({
      type: 'object',
      properties: {
        untitledSingle: { type: 'string', enum: choices },
        titledSingle: { type: 'string', oneOf: titled },
        legacyEnum: { type: 'string', enum: ['opt1', 'opt2'], enumNames: ['Option One', 'Option Two'] },
        untitledMulti: { type: 'array', items: { type: 'string', enum: choices } },
        titledMulti: { type: 'array', items: { anyOf: titled } },
      },
    }),
  ),
];
