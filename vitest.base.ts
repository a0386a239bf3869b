import { defineProject, type UserWorkspaceConfig } from 'vitest/config';

const conditions = ['@aiwork/source', 'module', 'node', 'development|production'];

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
