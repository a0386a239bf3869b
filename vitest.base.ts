import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

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
      expect: { poll: { timeout: 30_000 } },
    },
  });
}
