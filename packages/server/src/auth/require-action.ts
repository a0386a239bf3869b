import { AiworkError } from '@aiwork/core';
import type { Access } from './access.ts';
import type { Action } from './principal.ts';

/** @throws `AIWORK_FORBIDDEN`. */
export function requireAction(access: Access, unitId: string, action: Action): void {
  if (access.mayDo(unitId, action)) return;
  throw new AiworkError(
    'AIWORK_FORBIDDEN',
    `"${access.principal?.id}" may not ${action} "${unitId}": it needs the scope ${unitId}:${action}`,
  );
}
