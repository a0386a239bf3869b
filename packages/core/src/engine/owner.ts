import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { AiworkError } from '../errors.ts';
import { checkId } from '../units/runnable.ts';

const maxNameLength = 100;

/**
 * Who holds the leases of an orchestrator: readable, and no other's.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when it cannot be called `name`.
 */
export function ownerOf(name = defaultName()): string {
  checkId(name, 'the orchestrator (its "name")', maxNameLength);
  if (name.includes('/')) {
    throw new AiworkError(
      'AIWORK_INVALID_ARGUMENT',
      `the name of the orchestrator, ${JSON.stringify(name)}, holds a slash: what follows one tells processes of a name apart`,
    );
  }
  return `${name}/${randomUUID().slice(-12)}`;
}

function defaultName(): string {
  return `${hostname()
    .replaceAll('/', '-')
    .slice(0, maxNameLength - 20)}:${process.pid}`;
}
