import type { AnyAdapter } from '../../engine/any-adapter.ts';
import { inClients, type Saboteur } from '../saboteur.ts';
import type { FaultSabotage } from './fault-sabotage.ts';
import type { MethodKind } from './remote-client.ts';
import { type RemoteChanges, type RemoteReference, remoteSubject } from './remote-subject.ts';

export type AnyCall = (...args: unknown[]) => Promise<unknown>;

/** A mistake in every call of some kinds, of clients that are right otherwise. */
export function inCalls<A extends AnyAdapter>(
  reference: RemoteReference<A>,
  kinds: readonly MethodKind[],
  breakIt: (call: AnyCall, method: string) => AnyCall,
  rules: RemoteChanges['client'] & {} = {},
): Saboteur<A>['sabotage'] {
  const broken = inClients<A>((client) => {
    const calls = client as unknown as Record<string, AnyCall>;
    const methods = Object.entries(reference.methods).filter(([, kind]) => kinds.includes(kind));
    return Object.fromEntries(
      methods.map(([method]) => [method, breakIt(calls[method] as AnyCall, method)]),
    ) as unknown as Partial<A>;
  });
  return async () => broken(await remoteSubject(reference, { client: rules }));
}

/** Answers a write as applied though its reply was lost. */
export function hopeful<A extends AnyAdapter>(
  reference: RemoteReference<A>,
  write: FaultSabotage<A>['write'],
): Saboteur<A>['sabotage'] {
  const hoping =
    (call: AnyCall, method: string): AnyCall =>
    (...args) =>
      method === write.method ? call(...args).catch(() => write.answer) : call(...args);
  return inCalls(reference, ['mutation'], hoping);
}
