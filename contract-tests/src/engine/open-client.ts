import { AiworkError } from '@aiwork/core';
import type { AnyAdapter } from './any-adapter.ts';
import type { OpenOptions, Subject } from './subject.ts';
import { show } from './violation.ts';

/** @throws `AIWORK_USAGE` when what the subject gives is no adapter, and what it throws itself. */
export async function openClient<A extends AnyAdapter>(
  subject: Subject<A>,
  options: OpenOptions,
): Promise<A> {
  const client = await subject.open(options);
  if (typeof client?.close === 'function' && typeof client.capabilities === 'object' && client.capabilities)
    return client;
  throw new AiworkError(
    'AIWORK_USAGE',
    `open() of the subject gave ${show(client)}: give an adapter, which has capabilities and close()`,
  );
}
