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
  /** Of clients that talk over a link alone: those that prepare a check and look at what came of it keep the rules. */
  readonly clientOverLink?: Partial<ClientRules>;
  readonly service?: Omit<RemoteParts, 'create'>;
}

export const remoteSecret = 'hunter2-of-the-remote-reference';

/** An adapter over TCP, with the service it talks to. */
export async function remoteSubject<A extends AnyAdapter>(
  { methods, capabilities, create }: RemoteReference<A>,
  { client = {}, clientOverLink = {}, service: changes = {} }: RemoteChanges = {},
): Promise<Subject<A>> {
  const over = new AbortController();
  const service = await startRemoteService({ create, ...changes });
  return {
    secondClient: true,
    service,
    callDeadlineMs,
    secrets: [remoteSecret],
    open({ namespace, address = service.address }) {
      const isOverLink = address.port !== service.address.port;
      const changes = isOverLink ? { ...client, ...clientOverLink } : client;
      return openRemoteClient<A>({ address, namespace, capabilities, methods, changes, over: over.signal });
    },
    async close() {
      over.abort();
      await service.close();
    },
  };
}
