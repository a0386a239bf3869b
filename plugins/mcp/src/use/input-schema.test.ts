import { expect, it } from 'vitest';
import { inputSchema } from './input-schema.ts';

const shownOf = (inputSchemaOfTool: object) =>
  inputSchema({ name: 't', inputSchema: { type: 'object', ...inputSchemaOfTool } })?.[
    '~standard'
  ].jsonSchema.input({ target: 'draft-2020-12' });

it('shows models what people see of a schema, wherever it stands', () => {
  const hidden = '\u{e0041}\u{e0042}';
  const schema = {
    $comment: `a${hidden}`,
    properties: {
      [`b${hidden}`]: { enum: [`c${hidden}`], description: `d${hidden}`, examples: [`e${hidden}`] },
    },
  };
  expect(shownOf(schema)).toEqual({
    type: 'object',
    $comment: 'a',
    properties: { b: { enum: ['c'], description: 'd', examples: ['e'] } },
  });
});

it('shows no schema that is too long, or too deep to be written', () => {
  expect(shownOf({ description: 'x'.repeat(100_000) })).toMatchObject({
    description: expect.stringMatching(/^x{2000}… \(98000 more characters\)$/),
  });
  expect(shownOf({ properties: { a: { enum: Array(10_000).fill('choice') } } })).toBeUndefined();
  let deep = {};
  for (let i = 0; i < 100_000; i += 1) deep = { not: deep };
  expect(shownOf({ not: deep })).toBeUndefined();
});
