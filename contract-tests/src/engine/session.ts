import { randomBytes } from 'node:crypto';
import type { AnyAdapter } from './any-adapter.ts';
import { bounded } from './bounded.ts';
import { checkRunFacts } from './check-run-facts.ts';
import type { Check } from './contract.ts';
import type { ContractRun } from './contract-run.ts';
import { replayCommand } from './failure-message.ts';
import { createLanes } from './lanes.ts';
import { openClient } from './open-client.ts';
import type { CheckResult } from './report.ts';
import { type NotRun, runCheck, whyNot } from './run-check.ts';
import type { Selection } from './selection.ts';
import { type ServiceFacts, ServiceUnavailable } from './service.ts';
import { type Subject, serviceOf } from './subject.ts';

/** @since 0.1.0 */
export interface CheckOptions extends Selection {
  /** What everything random in the checks follows from. Default: another one for each run. */
  readonly seed?: number;
  /** How long one check may take, in milliseconds. Default: what the subject says, else 30,000. */
  readonly deadlineMs?: number;
  /** How many checks may run at once; 1 where a subject has a clock that is moved by hand. Default 8. */
  readonly concurrency?: number;
  /** Called after each check, in the order in which they end. */
  readonly onResult?: (result: CheckResult) => void;
  /** The file that exports the run, for the command that a failure says it can be replayed with. Default `FILE`. */
  readonly file?: string;
  /** Aborted, no check begins any more, and those that are running are given up. */
  readonly signal?: AbortSignal;
}

/** An open subject whose checks can be run one by one, or beside each other. */
export interface Session<A extends AnyAdapter> {
  readonly capabilities: A['capabilities'] | undefined;
  readonly service: ServiceFacts | undefined;
  readonly seed: number;
  /** Why a check cannot be run, known before it is. */
  lack(check: Check<A>): NotRun | undefined;
  /** @throws the reason of `signal` once that is aborted. */
  run(check: Check<A>): Promise<CheckResult>;
  close(): Promise<void>;
}

const defaultDeadlineMs = 30_000;
const defaultConcurrency = 8;

/** @throws what the subject throws when it cannot be opened, unless its service cannot be had: that blocks the checks. */
export async function openSession<A extends AnyAdapter>(
  run: ContractRun<A>,
  options: CheckOptions = {},
): Promise<Session<A>> {
  const { seed = randomBytes(4).readUInt32LE(), file, signal } = options;
  checkRunFacts(run);
  signal?.throwIfAborted();
  const subject = await (async () => run.subject())().catch((error: unknown) => {
    if (error instanceof ServiceUnavailable) return error;
    throw error;
  });
  if (subject instanceof ServiceUnavailable) return blockedSession(seed, subject.message);
  const deadlineMs = options.deadlineMs ?? subject.checkDeadlineMs ?? defaultDeadlineMs;
  const tag = randomBytes(5).toString('hex');
  const capabilities = await readCapabilities(subject, `${tag}n0`, deadlineMs, signal);
  const lanes = createLanes(subject.clock ? 1 : (options.concurrency ?? defaultConcurrency));
  /** Where all links have to listen at one address, there can be only one of them: the others wait outside the lanes. */
  const links = createLanes(serviceOf(subject)?.linked ? 1 : Number.POSITIVE_INFINITY);
  let checks = 0;

  async function inTurn<T>(check: Check<A>, work: () => Promise<T>): Promise<T> {
    const begin = () =>
      lanes.run(isAlone(check) ? 'alone' : 'beside', () => {
        signal?.throwIfAborted();
        return work();
      });
    return check.needs?.includes('link-faults') ? links.run('beside', begin) : begin();
  }

  return {
    capabilities,
    service: serviceOf(subject)?.facts,
    seed,
    lack: (check) => whyNot(check, subject, capabilities),
    async run(check) {
      checks += 1;
      const namespace = `${tag}n${checks}`;
      const replay = replayCommand(check.id, seed, file);
      const about = {
        contract: run.contract,
        name: run.name,
        subject,
        capabilities,
        namespace,
        seed,
        deadlineMs,
        replay,
        signal,
      };
      const result = await inTurn(check, () => runCheck(check, about));
      signal?.throwIfAborted();
      return asKnown(result, replay, run.knownFailures?.[check.id]);
    },
    async close() {
      await subject.close?.();
    },
  };
}

async function readCapabilities<A extends AnyAdapter>(
  subject: Subject<A>,
  namespace: string,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<A['capabilities']> {
  const address = serviceOf(subject)?.address;
  const reading = (async () => {
    const first = await openClient(subject, { namespace, ...(address && { address }) });
    await first.close();
    return first.capabilities;
  })();
  try {
    return await bounded(reading, 'the first client to be opened and closed', deadlineMs, signal);
  } catch (error) {
    // Why it cannot be opened counts, and not how that ends.
    await (async () => subject.close?.())().catch(() => {});
    throw error;
  }
}

function blockedSession<A extends AnyAdapter>(seed: number, reason: string): Session<A> {
  const lack: NotRun = { outcome: 'blocked', reason };
  return {
    capabilities: undefined,
    service: undefined,
    seed,
    lack: () => lack,
    async run({ id, rule, anchor }) {
      return { id, rule, anchor, seed, durationMs: 0, ...lack };
    },
    async close() {},
  };
}

function isAlone<A extends AnyAdapter>({ alone, needs = [] }: Check<A>): boolean {
  return alone === true || needs.includes('service-restart') || needs.includes('service-kill');
}

function asKnown(result: CheckResult, replay: string, reason: string | undefined): CheckResult {
  if (reason === undefined) return result;
  if (result.outcome === 'failed') return { ...result, outcome: 'known-failure', reason };
  if (result.outcome !== 'passed') return result;
  const expected = `the known failure that the subject names (${reason})`;
  const message = `${result.id} passed, and its subject names it as a known failure: take it off the list`;
  return { ...result, outcome: 'failed', failure: { expected, seen: 'the check passed', message, replay } };
}
