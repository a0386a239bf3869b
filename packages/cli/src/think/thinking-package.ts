import type * as thinking from '@aiwork/thinking';
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
  const url = findPackage('@aiwork/thinking', files);
  if (url === undefined) {
    throw new UsageError('@aiwork/thinking is not installed', { hint: 'npm install @aiwork/thinking' });
  }
  return import(url);
}
