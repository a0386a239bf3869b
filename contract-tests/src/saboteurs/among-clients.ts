import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Subject } from '../engine/subject.ts';

/** A mistake that the clients of a namespace make together: they share what `begin` gives. */
export function amongClients<A extends AnyAdapter, Shared>(
  begin: () => Shared,
  breakIt: (client: A, shared: Shared) => Partial<A>,
) {
  return (subject: Subject<A>): Subject<A> => {
    const spaces = new Map<string, Shared>();
    return {
      ...subject,
      async open(options) {
        const shared = spaces.get(options.namespace) ?? begin();
        spaces.set(options.namespace, shared);
        const client = await subject.open(options);
        return { ...client, ...breakIt(client, shared) };
      },
    };
  };
}
