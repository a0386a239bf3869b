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
    test: { name, include },
  });
}
