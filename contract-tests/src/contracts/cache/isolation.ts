import type { Cache } from '@aiwork/core';
import type { CheckGroup } from '../../engine/contract.ts';
import { namespacesApart } from '../look-alikes.ts';
import { put, read } from './entries.ts';

export const isolation: CheckGroup<Cache> = {
  id: 'isolation',
  title: 'Isolation of namespaces',
  checks: [
    {
      id: 'cache.isolation.namespaces',
      rule: 'Nothing of one namespace is seen or changed in another',
      anchor: 'Cache',
      why: 'tenants share a service',
      async run(t) {
        const a = await t.open({ namespace: 'a' });
        const b = await t.open({ namespace: 'b' });
        await put(a, 'key', 'of a');
        t.same(await read(b, 'key'), undefined, 'get() in b of what was set in a');
        t.same(await b.delete('key'), false, 'delete() in b of what was set in a');
        t.same(await read(a, 'key'), 'of a', 'the value in a after delete() in b');
        await put(b, 'key', 'of b');
        const seen = await read(a, 'key');
        t.that(seen !== 'of b', 'get() in a not to give what was set in b', seen);
      },
    },
    {
      id: 'cache.isolation.of-similar-names',
      rule: 'No key reaches another namespace, whatever the two are called',
      anchor: 'Cache',
      why: 'where namespace and key are joined by a separator, a key that holds it is in another namespace',
      async run(t) {
        for (const separator of [':', '/', '.', '|', '#', '-', '']) {
          const outer = await t.open({ namespace: 'x' });
          const inner = await t.open({ namespace: `x${separator}y` });
          const key = `y${separator}key`;
          await put(outer, key, 'of outer');
          t.same(
            await read(inner, 'key'),
            undefined,
            `get('key') in namespace "x${separator}y" of "${key}" in "x"`,
          );
          await inner.delete('key');
          t.same(await read(outer, key), 'of outer', `"${key}" of "x" after a delete in "x${separator}y"`);
          await put(inner, 'key', 'of inner');
          await outer.delete(key);
          t.same(await read(inner, 'key'), 'of inner', `the key of "x${separator}y" after a delete in "x"`);
          await Promise.all([outer.close(), inner.close()]);
        }
      },
    },
    namespacesApart<Cache>({
      id: 'cache.isolation.look-alikes',
      anchor: 'Cache',
      write: (cache, name) => put(cache, 'key', name),
      async seen(cache) {
        const text = await read(cache, 'key');
        return text === undefined ? [] : [text];
      },
    }),
  ],
};
