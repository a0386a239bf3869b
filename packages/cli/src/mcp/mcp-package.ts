import type * as mcp from '@aiwork/mcp';
import { findPackage } from '../optional-package.ts';
import { UsageError } from '../usage-error.ts';

export type McpPackage = Pick<typeof mcp, 'mcpHandler' | 'serveMcp'>;

/**
 * The package that speaks the protocol, which not everybody who runs flows needs.
 *
 * @throws `AIWORK_USAGE` saying how to install it when it is not there.
 */
export async function mcpPackage(files: readonly string[]): Promise<McpPackage> {
  const url = findPackage('@aiwork/mcp', files);
  if (url === undefined) {
    throw new UsageError('@aiwork/mcp is not installed', { hint: 'npm install @aiwork/mcp' });
  }
  return import(url);
}
