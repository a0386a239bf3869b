import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { durationBounds } from './duration-bounds.ts';
import type { LabelLimits } from './label-limits.ts';
import type { MetricBook } from './metric-book.ts';

/** Where `@aiwork/resilience` tells what its layers do, for every call of the process. */
const channelName = 'aiwork:resilience';

/** What is read of its events: nothing of it is needed to be installed. */
interface Told {
  readonly type: string;
  /** Of the model or call that is protected. */
  readonly id: string;
  readonly [field: string]: unknown;
}

const phases: Readonly<Record<string, string>> = {
  'breaker.opened': 'open',
  'breaker.half-opened': 'half-open',
  'breaker.closed': 'closed',
};

/** Measures what layers of resilience do, in the whole process, until it is told to stop. */
export function measureResilience(book: MetricBook, limits: LabelLimits): () => void {
  const label = (name: string, value: string) => limits(name)(value);
  const counter = (name: string, labels: readonly string[], description: string) =>
    book.counter({ name, labels, description });
  const calls = counter('aiwork.calls', ['call', 'outcome'], 'Protected calls that are over.');
  const seconds = book.histogram({
    name: 'aiwork.call.duration',
    labels: ['call', 'outcome'],
    description: 'From protected calls to their end, all attempts and waits included.',
    unit: 's',
    bounds: durationBounds,
  });
  const events = counter(
    'aiwork.resilience.events',
    ['call', 'event', 'reason'],
    'What layers around calls did: retries, hedges, timeouts, refusals, waits, changes of breakers.',
  );
  const fallbacks = counter('aiwork.fallbacks', ['from', 'to'], 'Calls that went on with the next model.');
  const waits = book.histogram({
    name: 'aiwork.rate_limit.wait',
    labels: ['rate_limit', 'reason'],
    description: 'How long calls wait for a rate limit.',
    unit: 's',
    bounds: durationBounds,
  });
  const breakers = book.gauge({
    name: 'aiwork.breakers',
    labels: ['breaker', 'state'],
    description: 'Breakers that opened before: 1 at the state that each is in.',
  });
  /** By the label, so that there are no more than it has values. */
  const states = new Map<string, string>();

  function countCall({ type, id, durationMs }: Told): void {
    const labels = [label('call', id), type.slice('call.'.length)] as const;
    calls(...labels)(1);
    if (typeof durationMs === 'number') seconds(...labels)(durationMs / 1000);
  }

  function moveBreaker(name: unknown, state: string): void {
    const breaker = label('breaker', String(name));
    const before = states.get(breaker);
    if (before === state) return;
    if (before !== undefined) breakers(breaker, before)(-1);
    breakers(breaker, state)(1);
    states.set(breaker, state);
  }

  function hear(message: unknown): void {
    if (!isTold(message)) return;
    const { type, id } = message;
    if (type.startsWith('call.')) {
      countCall(message);
      return;
    }
    const reason = String(message['by'] ?? message['of'] ?? '');
    events(label('call', id), label('event', type), label('reason', reason))(1);
    const state = phases[type];
    if (state !== undefined) moveBreaker(message['breaker'], state);
    if (type === 'fallback') {
      fallbacks(label('from', String(message['from'])), label('to', String(message['to'])))(1);
    }
    if (type === 'rate-limit.waiting' && typeof message['waitMs'] === 'number') {
      const add = waits(label('rate_limit', String(message['rateLimit'])), label('reason', reason));
      add(message['waitMs'] / 1000);
    }
  }

  subscribe(channelName, hear);
  return () => {
    unsubscribe(channelName, hear);
  };
}

function isTold(message: unknown): message is Told {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    typeof message.type === 'string' &&
    'id' in message &&
    typeof message.id === 'string'
  );
}
