import type * as thinking from '@aiwork/thinking';
import type * as store from '@aiwork/thinking/store';
import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export type ThinkingPackage = Pick<
  typeof thinking,
  'growTree' | 'noThoughts' | 'thinkingEventName' | 'thinkingService' | 'thinkTask'
>;

/**
 * The package that thinks, which not everybody who runs flows needs.
 *
 * @throws `AIWORK_USAGE` saying how to install it when it is not there.
 */
export async function thinkingPackage(files: readonly string[]): Promise<ThinkingPackage> {
  return import(urlOf('@aiwork/thinking', files));
}

/**
 * The part of it that keeps sessions.
 *
 * @throws `AIWORK_USAGE` saying how to install it when it is not there.
 */
export async function thinkingStorePackage(
  files: readonly string[],
): Promise<Pick<typeof store, 'sqliteThinkingStore'>> {
  return import(urlOf('@aiwork/thinking/store', files));
}

function urlOf(name: string, files: readonly string[]): string {
  const url = findPackage(name, files);
  if (url !== undefined) return url;
  throw new UsageError('@aiwork/thinking is not installed', { hint: 'npm install @aiwork/thinking' });
}
