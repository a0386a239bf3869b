import { defineConfig } from 'vitest/config';
import LongestFirst from './scripts/longest-first.ts';
import { project } from './vitest.base.ts';

export default defineConfig({
  test: {
    projects: [
      'packages/*',
      'plugins/*',
      'contract-tests',
      'docs/examples/*',
      'deploy/monitoring',
      project('repository', ['scripts/*.test.ts', 'scripts/deployment/*.test.ts']),
      project('docs', ['scripts/docs/*.test.ts']),
    ],
    sequence: { sequencer: LongestFirst },
    coverage: {
      // Vitest reads this from the folder of the project it runs, which is core: `vitest --project core --coverage`.
      include: ['src/**'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts', '**/*.fixture.ts', '**/index.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 90, statements: 90, functions: 90, branches: 90 },
    },
  },
});
