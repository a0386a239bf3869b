import { describe, expect, it } from 'vitest';
import { conformanceDocs, withTable } from './conformance-page.ts';
import { read } from './markdown.ts';

describe('the conformance matrix', () => {
  it('is what `pnpm conformance` writes from the reports, about the contracts as they are', async () => {
    const { page, table } = await conformanceDocs();
    expect(read('docs/conformance/README.md')).toBe(page);
    const readme = read('README.md');
    expect(readme).toBe(withTable(readme, table));
  });

  it('has a report of every adapter that has a contract, and no failure', async () => {
    const { table } = await conformanceDocs();
    for (const name of [
      '@aiwork/core',
      '@aiwork/embeddings',
      '@aiwork/anthropic',
      '@aiwork/openai',
      '@aiwork/openrouter',
      '@aiwork/cache',
      '@aiwork/guardrails',
      '@aiwork/kafka',
      '@aiwork/memory',
      '@aiwork/onnxruntime',
      '@aiwork/postgres',
      '@aiwork/redis',
      '@aiwork/redis-memory',
      '@aiwork/s3',
      '@aiwork/telemetry',
      '@aiwork/telemetry',
    ]) {
      expect(table).toContain(`| ${name} `);
    }
    const verdicts = table
      .split('\n')
      .slice(2)
      .map((row) => row.split(' | ')[3]);
    expect(new Set(verdicts)).toEqual(new Set(['conformant']));
  });
});
