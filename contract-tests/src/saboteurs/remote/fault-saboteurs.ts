import { inspect } from 'node:util';
import type { FaultPlan } from '../../contracts/faults/fault-plan.ts';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import { inClients, type Kill, type Saboteur } from '../saboteur.ts';
import type { MethodKind } from './remote-client.ts';
import { type RemoteChanges, type RemoteReference, remoteSecret, remoteSubject } from './remote-subject.ts';
import { slowDisk } from './slow-disk.ts';

export interface FaultSabotage<A extends AnyAdapter> {
  readonly plan: FaultPlan<A>;
  readonly reference: RemoteReference<A>;
  /** The plain write, and an answer that says that it was applied. */
  readonly write: { readonly method: string; readonly answer: unknown };
  /** By which mutations it is noticed that they are sent again, with what is said then. */
  readonly sentAgain: Readonly<Record<string, string>>;
}

type AnyCall = (...args: unknown[]) => Promise<unknown>;

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

/** Mistakes in clients and services that any contract has to find. */
export function faultSaboteurs<A extends AnyAdapter>({
  plan,
  reference,
  write,
  sentAgain,
}: FaultSabotage<A>): readonly Saboteur<A>[] {
  const by = (name: string, message: string): Kill => ({ check: `${plan.contract}.faults.${name}`, message });
  const made = (changes: RemoteChanges) => () => remoteSubject(reference, changes);
  const client = (rules: RemoteChanges['client'] & {}) => made({ client: rules });
  const all: readonly MethodKind[] = ['read', 'mutation'];
  const mutations = Object.keys(reference.methods).filter(
    (method) => reference.methods[method] === 'mutation',
  );
  const [read] = plan.reads;
  /** Reads until somebody answers, or long after any deadline. */
  const untilAnswered = async (adapter: A): Promise<void> => {
    for (let tried = 0; tried < 8; tried += 1) {
      try {
        return void (await read.read(adapter, 'any'));
      } catch {}
    }
  };

  const saboteurs: readonly Omit<Saboteur<A>, 'onlyNamed'>[] = [
    {
      id: 'denies-what-it-sent',
      breaks: 'Says that a mutation was not applied when its reply is lost',
      caughtBy: [
        ...plan.mutations.map(({ id, call }) =>
          by(`lost-reply-${id}`, `${call} whose reply is lost that says 'not-applied' not to be applied`),
        ),
        by('cut-ends-calls', "whose answer is cut off that says 'not-applied' not to be applied"),
        by('unanswered-calls-end', "that nobody answers that says 'not-applied' not to be applied"),
      ],
      sabotage: client({ outcome: () => 'not-applied' }),
    },
    {
      id: 'sends-again',
      breaks: 'Sends a mutation again when the connection breaks',
      caughtBy: Object.entries(sentAgain).map(([id, message]) => by(`lost-reply-${id}`, message)),
      sabotage: client({ repeats: () => true }),
    },
    {
      id: 'keeps-the-outcome-to-itself',
      breaks: 'Rejects a mutation without saying what became of it',
      caughtBy: [by('cut-ends-calls', 'that is rejected to say its outcome')],
      sabotage: client({ outcome: () => undefined }),
    },
    {
      id: 'never-sure',
      breaks: 'Says of mutations that never left the process that their outcome is unknown',
      caughtBy: [by('refused', "while the service is away to be 'not-applied'")],
      sabotage: client({ outcome: () => 'unknown' }),
    },
    {
      id: 'gives-no-hope',
      breaks: 'Does not say that a call may be tried again',
      caughtBy: [by('refused', 'to be rejected as retryable')],
      sabotage: client({ retryable: false }),
    },
    {
      id: 'waits-for-ever',
      breaks: 'Has no deadline',
      caughtBy: [
        by('unanswered-calls-end', 'that nobody answers to end within 500 ms'),
        by('refused', 'while the service is away to end within 500 ms'),
      ],
      sabotage: client({ deadlineMs: Number.POSITIVE_INFINITY }),
    },
    {
      id: 'too-hasty',
      breaks: 'Gives up before a service far away can answer',
      caughtBy: [by('slow-but-right', 'over a slow connection to succeed')],
      sabotage: client({ deadlineMs: 50 }),
    },
    {
      id: 'never-connects-again',
      breaks: 'Connects once',
      caughtBy: [by('cut-reconnects', 'after the connection was cut for the 1. time')],
      sabotage: client({ reconnects: false }),
    },
    {
      id: 'mixes-replies',
      breaks: 'Gives a reply to whoever has waited longest, though others have gone',
      caughtBy: [by('abort-disturbs-nobody', 'beside others that are aborted to be')],
      sabotage: client({ pairing: 'order' }),
    },
    {
      id: 'deaf-to-abort',
      breaks: 'Looks at the signal before a call only',
      caughtBy: [by('unanswered-abort-ends', "to be 'aborted'")],
      sabotage: client({ hearsSignal: false }),
    },
    {
      id: 'shows-its-address',
      breaks: 'Shows user and password of its address in errors',
      caughtBy: [by('no-secret-in-errors', 'no secret in any error of a fault')],
      sabotage: client({ about: () => `remote://user:${remoteSecret}@host` }),
    },
    {
      id: 'shows-what-it-sent',
      breaks: 'Shows the arguments of the call that failed',
      caughtBy: [by('no-secret-in-errors', 'no secret in any error of a fault')],
      sabotage: client({ about: ({ method, args }) => `${method}(${inspect(args, { depth: 10 })})` }),
    },
    {
      id: 'prints-its-trouble',
      breaks: 'Prints that a connection broke',
      caughtBy: [by('nothing-stray', 'printed: connection lost')],
      sabotage: client({ onBreak: () => console.error('connection lost') }),
    },
    {
      id: 'rejects-unheard',
      breaks: 'Leaves a rejection behind that nobody handles',
      caughtBy: [by('nothing-stray', 'unhandledRejection')],
      sabotage: client({ onBreak: () => void Promise.reject(new Error('connection lost')) }),
    },
    {
      id: 'swallows-errors',
      breaks: 'Answers a read that failed with nothing',
      caughtBy: [
        by('refused', 'while the service is away to be'),
        by('reads-stay-true', 'while connections break to be'),
      ],
      sabotage: inCalls(
        reference,
        ['read'],
        (call) =>
          (...args) =>
            call(...args).catch(() => undefined),
        { repeats: () => false },
      ),
    },
    {
      id: 'raw-errors',
      breaks: 'Rejects with errors of its client library',
      caughtBy: [by('cut-ends-calls', 'to be rejected with an AiworkError')],
      sabotage: inCalls(reference, all, (call) => async (...args) => {
        try {
          return await call(...args);
        } catch (error) {
          throw new Error(`read ECONNRESET: ${String(error)}`);
        }
      }),
    },
    {
      id: 'one-by-one',
      breaks: 'Does one call after the other',
      caughtBy: [by('not-one-by-one', 'at once to take less than half as long as one by one')],
      sabotage: () => {
        let last: Promise<unknown> = Promise.resolve();
        return inCalls(reference, all, (call) => (...args) => {
          const next = last.then(() => call(...args));
          last = next.catch(() => {});
          return next;
        })(undefined as never);
      },
    },
    {
      id: 'opens-for-ever',
      breaks: 'Waits for the service without an end when it is opened',
      caughtBy: [by('opened-while-away', 'opening a client while the service refuses to end within 500 ms')],
      async sabotage() {
        const subject = await remoteSubject(reference);
        return {
          ...subject,
          async open(options) {
            const opened = await subject.open(options);
            await untilAnswered(opened);
            return opened;
          },
        };
      },
    },
    {
      id: 'says-goodbye',
      breaks: 'Waits for an answer before it is closed',
      caughtBy: [by('unanswered-close-ends', 'nobody answers to end within 500 ms')],
      async sabotage() {
        const closing = inClients<A>((adapter) => {
          const close = async () => {
            await untilAnswered(adapter);
            await adapter.close();
          };
          return { close } as Partial<A>;
        });
        return closing(await remoteSubject(reference));
      },
    },
    {
      id: 'hopes-for-the-best',
      breaks: 'Answers a write as applied though its reply was lost',
      caughtBy: [
        by('cut-loses-nothing', 'to be there'),
        by('cut-ends-calls', 'that is cut on its way that was acknowledged to be applied'),
      ],
      sabotage: inCalls(
        reference,
        ['mutation'],
        (call, method) =>
          (...args) =>
            method === write.method ? call(...args).catch(() => write.answer) : call(...args),
      ),
    },
    {
      id: 'acknowledges-what-it-has-not-kept',
      breaks: 'A service that answers before a write is on its disk',
      caughtBy: [by('kill-loses-nothing', 'acknowledged writes to be there')],
      sabotage: made({ service: slowDisk(mutations, ['kill']) }),
    },
    {
      id: 'forgets-at-a-restart',
      breaks: 'A service that does not write what it has in memory when it is restarted',
      caughtBy: [by('restart-loses-nothing', 'acknowledged writes to be there')],
      sabotage: made({ service: slowDisk(mutations, ['restart', 'kill']) }),
    },
    ...(plan.listing ? [endsQuietly(plan.listing.call, by, reference)] : []),
  ];
  return saboteurs.map((saboteur) => ({ ...saboteur, onlyNamed: true }));
}

function endsQuietly<A extends AnyAdapter>(
  call: string,
  by: (name: string, message: string) => Kill,
  reference: RemoteReference<A>,
): Omit<Saboteur<A>, 'onlyNamed'> {
  return {
    id: 'ends-when-cut',
    breaks: 'Ends a listing without a word when its connection breaks',
    caughtBy: [by('cut-listing', `${call} that is cut to give all`)],
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
