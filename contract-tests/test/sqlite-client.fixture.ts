import { sqliteStorage } from '@aiwork/core/sqlite';

// A client in a process of its own: `sqlite-client.fixture.ts PATH NAMESPACE`. It answers calls by message.
const [path = '', namespace = ''] = process.argv.slice(2);
const storage = sqliteStorage({ path, namespace, busyTimeoutMs: 20_000 });

interface Call {
  readonly id: number;
  readonly store: 'stateStore' | 'runStore';
  readonly method: string;
  readonly args: readonly unknown[];
}

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;

async function answer({ store, method, args }: Call): Promise<unknown> {
  if (method === 'close') return storage.close();
  const result = (storage[store] as unknown as Methods)[method]?.(...args);
  const iterates = method === 'keys' || method === 'events';
  return iterates ? Array.fromAsync(result as AsyncIterable<unknown>) : result;
}

process.on('message', (call: Call) => {
  answer(call).then(
    (result) => process.send?.({ id: call.id, result }),
    ({ code, message, outcome }) => process.send?.({ id: call.id, error: { code, message, outcome } }),
  );
});
process.send?.({
  capabilities: storage.stateStore.capabilities,
  runCapabilities: storage.runStore.capabilities,
});
