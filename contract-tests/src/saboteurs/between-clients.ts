import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Subject } from '../engine/subject.ts';
import { amongClients } from './among-clients.ts';

/** Opens every client under another name than it was asked for. */
export const renaming =
  (rename: (namespace: string) => string) =>
  <A extends AnyAdapter>(subject: Subject<A>): Subject<A> => ({
    ...subject,
    open: (options) => subject.open({ ...options, namespace: rename(options.namespace) }),
  });

/** Keeps the namespaces of a check in one space: what it adds to its own is no digit. */
export const namespaceIgnored = renaming((namespace) => namespace.replace(/[^0-9]+$/, ''));

/** Closes what the clients of a namespace share with the first of them. */
export function closesAll<A extends AnyAdapter>(subject: Subject<A>): Subject<A> {
  return amongClients<A, A[]>(
    () => [],
    (client, all) => {
      all.push(client);
      const close = async () => {
        await Promise.all(all.map((each) => each.close()));
      };
      return { close } as Partial<A>;
    },
  )(subject);
}

/** Loses everything of a namespace with its last client. */
export function forgetsAtLastClose<A extends AnyAdapter>(subject: Subject<A>): Subject<A> {
  const spaces = new Map<string, { clients: number; life: number }>();
  return {
    ...subject,
    async open(options) {
      const { namespace } = options;
      const space = spaces.get(namespace) ?? { clients: 0, life: 0 };
      spaces.set(namespace, space);
      space.clients += 1;
      const client = await subject.open({ ...options, namespace: `${namespace} ${space.life}` });
      return {
        ...client,
        async close() {
          await client.close();
          space.clients -= 1;
          if (space.clients === 0) space.life += 1;
        },
      };
    },
  };
}
