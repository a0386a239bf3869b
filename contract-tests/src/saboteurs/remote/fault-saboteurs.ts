import { inspect } from 'node:util';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import { inClients, type Kill, type Saboteur } from '../saboteur.ts';
import { endsQuietly } from './ends-quietly.ts';
import type { FaultSabotage } from './fault-sabotage.ts';
import { type AnyCall, hopeful, inCalls } from './in-calls.ts';
import type { MethodKind } from './remote-client.ts';
import { type RemoteChanges, remoteSecret, remoteSubject } from './remote-subject.ts';

const asText = (value: unknown): string =>
  value instanceof Uint8Array ? Buffer.from(value).toString() : inspect(value, { depth: 10 });

/** Mistakes in clients that any contract has to find. */
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
  const [read] = plan.reads;
  /** Reads until somebody answers, or long after any deadline. */
  const untilAnswered = async (adapter: A): Promise<void> => {
    for (let tried = 0; tried < 4; tried += 1) {
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
        by('unanswered-calls-end', 'that nobody answers to end within 1000 ms'),
        by('refused', 'while the service is away to end within 1000 ms'),
      ],
      sabotage: client({ deadlineMs: Number.POSITIVE_INFINITY }),
    },
    {
      id: 'too-hasty',
      breaks: 'Gives up before a service far away can answer',
      caughtBy: [by('slow-but-right', 'over a slow connection to succeed')],
      // One that answers at once is to be heard on a busy machine too.
      sabotage: made({ clientOverLink: { deadlineMs: 150 } }),
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
      sabotage: client({ about: ({ method, args }) => `${method}(${args.map(asText).join()})` }),
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
      id: 'answers-from-memory',
      breaks: 'Answers a read that failed with what it read last',
      caughtBy: [by('reads-stay-true', 'while connections break to be')],
      sabotage: () => {
        let last: unknown;
        const remembering: (call: AnyCall) => AnyCall =
          (call) =>
          async (...args) => {
            try {
              last = await call(...args);
            } catch {}
            return last;
          };
        return inCalls(reference, ['read'], remembering, { repeats: () => false })(undefined as never);
      },
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
      caughtBy: [by('not-one-by-one', 'at once over 60 ms to take less than')],
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
      caughtBy: [by('opened-while-away', 'opening a client while the service refuses to end within 1000 ms')],
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
      caughtBy: [by('unanswered-close-ends', 'nobody answers to end within 1000 ms')],
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
      caughtBy: [by('cut-ends-calls', 'that is cut on its way that was acknowledged to be applied')],
      sabotage: hopeful(reference, write),
    },
    ...(plan.listing ? [endsQuietly(plan.contract, plan.listing.call, reference)] : []),
  ];
  return saboteurs.map((saboteur) => ({ ...saboteur, onlyNamed: true }));
}
