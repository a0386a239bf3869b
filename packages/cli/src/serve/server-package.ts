import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export type ServerPackage = Pick<
  typeof import('@aiwork/server'),
  'apiKeys' | 'auditFile' | 'createServer' | 'jsonWebTokens' | 'newApiKey'
>;

/**
 * The package that serves, which not everybody who runs flows needs.
 *
 * @throws `AIWORK_USAGE` saying how to install it when it is not there.
 */
export async function serverPackage(files: readonly string[] = []): Promise<ServerPackage> {
  const url = findPackage('@aiwork/server', files);
  if (url === undefined) {
    throw new UsageError('@aiwork/server is not installed', { hint: 'npm install @aiwork/server' });
  }
  return import(url);
}
