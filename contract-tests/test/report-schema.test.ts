import { expect, it } from 'vitest';
import { reportSchema } from '../src/index.ts';

it('is published as a file, for who reads reports without this package', async () => {
  const text = `${JSON.stringify(reportSchema, undefined, 2)}\n`;
  await expect(text).toMatchFileSnapshot('../schema/report.schema.json');
});
