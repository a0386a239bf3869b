import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { Subject } from '../../engine/subject.ts';
import { type ClientRules, callDeadlineMs, type MethodKind, openRemoteClient } from './remote-client.ts';
import { type RemoteParts, startRemoteService } from './remote-service.ts';

/** What a correct adapter over TCP is made of. */
export interface RemoteReference<A extends AnyAdapter> {
  readonly methods: Readonly<Record<string, MethodKind>>;
  readonly capabilities: A['capabilities'];
  /** What is kept for one namespace. */
  create(): A;
}

export interface RemoteChanges {
  readonly client?: Partial<ClientRules>;
  readonly service?: Omit<RemoteParts, 'create'>;
}

export const remoteSecret = 'hunter2-of-the-remote-reference';

/** An adapter over TCP, with the service it talks to. */
export async function remoteSubject<A extends AnyAdapter>(
  { methods, capabilities, create }: RemoteReference<A>,
  { client = {}, service: changes = {} }: RemoteChanges = {},
): Promise<Subject<A>> {
  const over = new AbortController();
  const service = await startRemoteService({ create, ...changes });
  return {
    secondClient: true,
    service,
    callDeadlineMs,
    secrets: [remoteSecret],
    open: ({ namespace, address = service.address }) =>
      openRemoteClient<A>({ address, namespace, capabilities, methods, changes: client, over: over.signal }),
    async close() {
      over.abort();
      await service.close();
    },
  };
}
