import {
  ClosedError,
  definePlugin,
  type Plugin,
  type TaskQueue,
  type Telemetry,
  type UseSlot,
} from '@aiwork/core';
import { checkSignal } from '@aiwork/core/adapter-kit';
import { createLabelLimits } from './label-limits.ts';
import { createLogLines } from './log-lines.ts';
import { createMeasures } from './measures.ts';
import { atLeastOne, type TelemetryOptions } from './options.ts';
import { openProviders } from './providers.ts';
import { measureQueueLag } from './queue-lag.ts';
import { measureResilience } from './resilience-measures.ts';
import type { Scrape } from './scrape.ts';
import { createSpanPlaces } from './span-places.ts';
import { createSpans } from './spans.ts';
import { textsOf } from './texts.ts';
import { withinTime } from './within-time.ts';

/** Telemetry by OpenTelemetry. @since 0.1.0 */
export interface OpenTelemetry extends Telemetry {
  /** To be given to the orchestrator; one may be given to several. Their end flushes it, and leaves it open. */
  readonly plugin: Plugin;
  /** The metrics as of now, for Prometheus; there whether any are sent or not. */
  scrape(): Promise<Scrape>;
}

/**
 * Traces, metrics and logs of runs by OpenTelemetry: sent as OTLP over HTTP, metrics also to be read by Prometheus, and log
 * lines also to be written by pino. What the options leave open is as the standard variables `OTEL_…` say; without an
 * endpoint nothing is sent.
 *
 * Where nothing else is registered with OpenTelemetry, this is, so that instrumented libraries make parts of the steps that
 * call them.
 *
 * @throws `AIWORK_INVALID_ARGUMENT`, naming the option.
 * @example
 * ```ts
 * import { createOrchestrator, defineTask } from '@aiwork/core';
 * import { createTelemetry } from '@aiwork/telemetry';
 * import { z } from 'zod';
 *
 * const shout = defineTask({ id: 'shout', input: z.string(), run: (text) => text.toUpperCase() });
 * await using telemetry = createTelemetry({ serviceName: 'letters' });
 * await using ai = createOrchestrator({ plugins: [telemetry.plugin] });
 * await (await ai.start(shout, 'hello')).result();
 * const { body } = await telemetry.scrape();
 * console.log(body.split('\n').find((line) => line.startsWith('aiwork_runs_total'))); // aiwork_runs_total{unit="shout",status="succeeded"} 1
 * ```
 * @since 0.1.0
 */
export function createTelemetry(options: TelemetryOptions = {}): OpenTelemetry {
  const { logger, queues = [] } = options;
  const maxFlushMs = atLeastOne(options.maxFlushMs ?? 5000, 'maxFlushMs');
  const maxTextLength = atLeastOne(options.maxTextLength ?? 1024, 'maxTextLength');
  const maxLabelValues = atLeastOne(options.maxLabelValues ?? 200, 'maxLabelValues');
  const texts = textsOf(options, maxTextLength);
  const providers = openProviders(options, { maxFlushMs, maxContentLength: texts.maxContentLength });
  const { begin, meter, book, followsParents, signals, maxQueued } = providers;
  const label = createLabelLimits(maxLabelValues, texts.name);
  const measures = createMeasures(book, label);
  const stopListening = measureResilience(book, label);
  const places = providers.logs || logger ? createSpanPlaces() : undefined;
  const tellLines = places && createLogLines({ texts, places, sink: providers.logs, logger });
  const orchestrators = new Set<UseSlot>();
  measureQueueLag(meter, queues, () => findQueue(orchestrators));

  let closed: Promise<void> | undefined;
  async function flush(): Promise<void> {
    await withinTime(maxFlushMs, providers.flush());
  }
  async function close(): Promise<void> {
    stopListening();
    closed ??= withinTime(maxFlushMs, providers.shutDown()).then(providers.giveUp);
    await closed;
  }

  const telemetry: OpenTelemetry = {
    capabilities: Object.freeze({
      signals: Object.freeze(signals),
      maxQueued,
      maxFlushMs,
      content: texts.capture,
    }),
    ...createSpans({ begin, texts, places, measures, followsParents }),
    event(event) {
      measures.event(event);
      tellLines?.(event);
    },
    scrape: providers.scrape,
    async flush({ signal } = {}) {
      if (closed !== undefined) throw new ClosedError('the telemetry');
      checkSignal(signal);
      await flush();
    },
    close,
    [Symbol.asyncDispose]: close,
    plugin: definePlugin({
      name: '@aiwork/telemetry',
      setup(host) {
        host.provide('telemetry', telemetry);
        orchestrators.add(host.use);
        return {
          async [Symbol.asyncDispose]() {
            orchestrators.delete(host.use);
            if (closed === undefined) await flush();
          },
        };
      },
    })(),
  };
  return telemetry;
}

/** Of the orchestrator that was set up last, of those that have one. */
function findQueue(orchestrators: ReadonlySet<UseSlot>): TaskQueue | undefined {
  for (const use of [...orchestrators].reverse()) {
    try {
      return use('queue');
    } catch {
      // It has none.
    }
  }
  return undefined;
}
