import { AsyncLocalStorage } from 'node:async_hooks';
import type { SpanParent, Telemetry } from '../adapters/telemetry.ts';
import { definePlugin } from '../plugin.ts';
import type { RunEvent } from '../run-event.ts';
import type { TraceContext } from '../trace-context.ts';

interface Seen {
  readonly name: string;
  readonly work: object;
  /** Name of what it is a part of, or the traceparent that it was given. */
  readonly parent: string | undefined;
  end?: object;
}

let made = 0;

/** Telemetry that keeps what it is told. `active` gives the name of the span whose code runs. */
export function recorder(changed: Partial<Telemetry> = {}) {
  const spans: Seen[] = [];
  const events: RunEvent[] = [];
  const active = new AsyncLocalStorage<string>();
  const names = new Map<string, string>();
  const begin =
    (kind: string, nameOf: (work: never) => string) =>
    (work: never, parent?: SpanParent): never => {
      const name = `${kind} ${nameOf(work)}`;
      made += 1;
      const traceparent = `00-${'a'.repeat(32)}-${String(made).padStart(16, '0')}-01`;
      names.set(traceparent, name);
      const from = parent && ('trace' in parent ? parent.trace : parent).traceparent;
      const seen: Seen = {
        name,
        work,
        parent: from === undefined ? active.getStore() : (names.get(from) ?? from),
      };
      spans.push(seen);
      return {
        trace: { traceparent },
        within: <T>(code: () => T) => active.run(name, code),
        end: (end: object) => {
          seen.end ??= end;
        },
      } as never;
    };
  const telemetry: Telemetry = {
    capabilities: { signals: [], maxQueued: 0, maxFlushMs: 0, content: false },
    run: begin('run', ({ unit }: { unit: { id: string } }) => unit.id),
    attempt: begin(
      'attempt',
      ({ stepId, attempt }: { stepId: string; attempt: number }) => `${stepId} ${attempt}`,
    ),
    modelCall: begin('model', ({ model }: { model: string }) => model),
    request: begin('request', ({ route }: { route: string }) => route),
    event: (event) => void events.push(event),
    flush: async () => {},
    close: async () => {},
    [Symbol.asyncDispose]: async () => {},
    ...changed,
  };
  const plugin = definePlugin({ name: 'recorder', setup: (host) => host.provide('telemetry', telemetry) })();
  const parents = () => Object.fromEntries(spans.map(({ name, parent }) => [name, parent]));
  const ofName = (name: string) => spans.find((span) => span.name === name);
  const nameOf = (trace: TraceContext | undefined) => trace && names.get(trace.traceparent);
  return { plugin, spans, events, nameOf, parents, ofName, active: () => active.getStore() };
}
