import { join } from 'node:path';
import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

/** Where Node keeps what it compiled. */
const compiled = join(import.meta.dirname, 'node_modules/.cache/aiwork-compiled');

// As Node resolves them: what `module` stands for is often for bundlers alone.
const conditions = ['@aiwork/source', 'node', 'development|production'];

/** What every package's tests share. Packages beside it are read from source, so no build is needed. */
export function project(
  name: string,
  include: string[] = ['src/**/*.test.ts', 'test/**/*.test.ts'],
): UserWorkspaceConfig {
  return defineProject({
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      name,
      include,
      // Limits that only end what hangs: tests share two slow cores with each other and with the services that they start.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      // Programs that tests start come from source: to read and compile that each time is most of what they would do.
      env: { NODE_COMPILE_CACHE: compiled },
      expect: { poll: { timeout: 30_000 } },
    },
  });
}
