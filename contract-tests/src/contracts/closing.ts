import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Check } from '../engine/contract.ts';
import { leftHandles } from './left-handles.ts';

/** What the rules about `close()` have to know of the adapters of a contract. */
interface Closing<A extends AnyAdapter> {
  /** The id of the contract. */
  readonly contract: string;
  /** What its adapters are called. */
  readonly noun: string;
  readonly when?: NonNullable<Check<A>['when']>;
  /** Every call there is, by name. */
  calls(client: A): Readonly<Record<string, () => Promise<unknown>>>;
  /** Writes something of its own for each `n`; gives the promise of the call itself, so that nothing settles later. */
  write(client: A, n: number): Promise<unknown>;
  /** Does what may open a handle: something that reads, something that ends by itself. */
  use(client: A, n: number): Promise<unknown>;
}

const writes = 20;
/** One handle that a test runner opens meanwhile must not be taken for one of a client. */
const clients = 4;

/** The rules about `close()`, which are the same for every adapter. */
export function closing<A extends AnyAdapter>(about: Closing<A>): readonly Check<A>[] {
  const { contract, noun, when, calls, write, use } = about;
  const common = { anchor: 'Adapter.close', ...(when && { when }) };
  return [
    {
      ...common,
      id: `${contract}.ending.closed-for-good`,
      rule: '`close()` is idempotent, and every later call rejects with `AIWORK_CLOSED`',
      why: `a closed ${noun} that answers works on a connection that nobody owns`,
      async run(t) {
        const client = await t.open();
        await write(client, 0);
        await Promise.all([client.close(), client.close()]);
        await client.close();
        await client[Symbol.asyncDispose]();
        for (const [name, call] of Object.entries(calls(client))) {
          await t.refuses(call, `${name} after close()`, { code: 'AIWORK_CLOSED' });
        }
        const disposed = await t.open();
        await disposed[Symbol.asyncDispose]();
        for (const [name, call] of Object.entries(calls(disposed))) {
          await t.refuses(call, `${name} after it was disposed of`, { code: 'AIWORK_CLOSED' });
        }
      },
    },
    {
      ...common,
      id: `${contract}.ending.close-waits`,
      rule: '`close()` waits for what is in flight',
      why: 'a write given away at shutdown may or may not have happened',
      async run(t) {
        const client = await t.open();
        let settled = 0;
        const inFlight = Array.from({ length: writes }, (_, n) =>
          write(client, n).finally(() => {
            settled += 1;
          }),
        );
        await client.close();
        const settledAtClose = settled;
        const results = await Promise.allSettled(inFlight);
        t.same(
          settledAtClose,
          writes,
          `the number of ${writes} writes in flight that were settled when close() resolved`,
        );
        const rejected = results.filter(({ status }) => status === 'rejected');
        t.same(rejected.length, 0, 'the number of writes begun before close() that were rejected');
      },
    },
    {
      ...common,
      id: `${contract}.ending.no-handle-left`,
      rule: '`close()` leaves no handle that keeps the process alive',
      why: 'a process that never ends by itself',
      alone: true,
      async run(t) {
        const left = await leftHandles(clients, async () => {
          for (let n = 0; n < clients; n += 1) {
            const client = await t.open();
            await use(client, n);
            await client.close();
          }
        });
        t.same(left, [], `handles that ${clients} closed clients left open`);
      },
    },
  ];
}
