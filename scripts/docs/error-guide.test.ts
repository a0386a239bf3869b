import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { root } from '../command.ts';
import { errorGuide, isExplained, ungroupedCodes } from './error-guide.ts';
import { read } from './markdown.ts';

describe('the page of errors', () => {
  it('is what `pnpm docs:errors` writes', () => {
    expect(read('docs/guides/errors.md')).toBe(errorGuide());
  });

  it('has every code', () => {
    expect(ungroupedCodes()).toEqual([]);
  });

  it.each([
    'packages/core',
    'packages/chat-model-kit',
    'packages/cli',
    'packages/server',
    'packages/resilience',
    'packages/thinking',
    'plugins/airflow',
    'plugins/cache',
    'plugins/embeddings',
    'plugins/guardrails',
    'plugins/kafka',
    'plugins/mcp',
    'plugins/memory',
    'plugins/onnxruntime',
    'plugins/openvino',
    'plugins/postgres',
    'plugins/redis',
    'plugins/redis-memory',
    'plugins/s3',
  ])('has every code that %s raises', (folder) => {
    const sources = globSync(`${folder}/src/**/*.ts`, { cwd: root }).filter(
      (file) => !/\.(test|fixture)\./.test(file),
    );
    const raised = sources.flatMap((file) =>
      [...read(file).matchAll(/(?:Error\(|code: |\? |: )\s*'(AIWORK_[A-Z_]+)'/g)].map(
        ([, code]) => code ?? '',
      ),
    );
    expect([...new Set(raised)].filter((code) => !isExplained(code))).toEqual([]);
  });
});
