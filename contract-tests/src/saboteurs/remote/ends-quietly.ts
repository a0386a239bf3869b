import type { AnyAdapter } from '../../engine/any-adapter.ts';
import { inClients, type Saboteur } from '../saboteur.ts';
import { type RemoteReference, remoteSubject } from './remote-subject.ts';

/** A listing that ends without a word when its connection breaks. */
export function endsQuietly<A extends AnyAdapter>(
  contract: string,
  call: string,
  reference: RemoteReference<A>,
): Omit<Saboteur<A>, 'onlyNamed'> {
  return {
    id: 'ends-when-cut',
    breaks: 'Ends a listing without a word when its connection breaks',
    caughtBy: [{ check: `${contract}.faults.cut-listing`, message: `${call} that is cut to give all` }],
    async sabotage() {
      const broken = inClients<A>((client) => {
        const lists = client as unknown as Record<string, (...args: unknown[]) => AsyncIterable<unknown>>;
        const methods = Object.entries(reference.methods).filter(([, kind]) => kind === 'listing');
        return Object.fromEntries(
          methods.map(([method]) => [
            method,
            async function* quietly(...args: unknown[]) {
              try {
                yield* lists[method]?.(...args) ?? [];
              } catch {}
            },
          ]),
        ) as unknown as Partial<A>;
      });
      return broken(await remoteSubject(reference));
    },
  };
}
