import type { StateStore } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { collect } from '../collect.ts';
import { namespacesApart } from '../look-alikes.ts';
import { put, readValue } from './writing.ts';

export const isolation: CheckGroup<StateStore> = {
  id: 'isolation',
  title: 'Isolation of namespaces',
  checks: [
    {
      id: 'state-store.isolation.namespaces',
      rule: 'Nothing of one namespace is seen or changed in another',
      anchor: 'StateStore',
      why: 'tenants share a service',
      async run(t) {
        const a = await t.open({ namespace: 'a' });
        const b = await t.open({ namespace: 'b' });
        await put(a, 'key', 'of a');
        t.same(await b.get('key'), undefined, 'get() in b of what was set in a');
        t.same(await b.delete('key'), false, 'delete() in b of what was set in a');
        await put(b, 'key', 'of b');
        await put(b, 'other', 'of b');
        t.same(await readValue(a, 'key'), 'of a', 'the value in a after the same key was set in b');
        t.same([...(await a.getMany(['key', 'other'])).keys()], ['key'], 'the keys of getMany() in a');
        if (t.capabilities.list) t.same(await collect(a.keys()), ['key'], 'keys() in a');
        if (t.capabilities.compareAndSet) {
          t.same(
            await a.set('other', 1, { ifVersion: null }).then((r) => r.applied),
            true,
            'a create in a of a key that b has',
          );
        }
      },
    },
    {
      id: 'state-store.isolation.of-similar-names',
      rule: 'No key reaches another namespace, whatever the two are called',
      anchor: 'StateStore',
      why: 'where namespace and key are joined by a separator, a key that holds it is in another namespace',
      async run(t) {
        for (const separator of [':', '/', '.', '|', '#', '']) {
          const outer = await t.open({ namespace: 'x' });
          const inner = await t.open({ namespace: `x${separator}y` });
          await put(outer, `y${separator}key`, 'of outer');
          t.same(
            await inner.get('key'),
            undefined,
            `get('key') in namespace "x${separator}y" of "y${separator}key" in "x"`,
          );
          await put(inner, 'key', 'of inner');
          t.same(await readValue(outer, `y${separator}key`), 'of outer', `the key "y${separator}key" of "x"`);
          if (t.capabilities.list) {
            t.same(
              (await collect(outer.keys())).filter((key) => key.includes('inner')),
              [],
              'keys() of "x"',
            );
            t.same(await collect(inner.keys()), ['key'], `keys() of "x${separator}y"`);
          }
          await outer.delete(`y${separator}key`);
          t.same(
            await readValue(inner, 'key'),
            'of inner',
            `the key of "x${separator}y" after a delete in "x"`,
          );
          await Promise.all([outer.close(), inner.close()]);
        }
      },
    },
    namespacesApart<StateStore>({
      id: 'state-store.isolation.look-alikes',
      anchor: 'StateStore',
      write: (store, name) => put(store, name, 1),
      async seen(store, t) {
        const read = [...(await store.getMany(['first', 'second'])).keys()];
        return t.capabilities.list ? [...new Set([...read, ...(await collect(store.keys()))])] : read;
      },
    }),
  ],
};
