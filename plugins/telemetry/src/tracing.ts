import type { TracerProvider as AnyTracerProvider } from '@opentelemetry/api';
import { type Sampler, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { registerContext, registerProvider } from './global-tracing.ts';
import { createOthersSpans } from './others-spans.ts';
import { type BeginSpan, createOwnSpans, type OwnSpansOptions } from './own-spans.ts';
import { createSpanIds } from './span-ids.ts';

/** What begins spans, and what of the whole process stands behind it. */
export interface Tracing {
  readonly begin: BeginSpan;
  flush(): Promise<void>;
  shutDown(): Promise<void>;
  /** Takes back what was registered for the whole process. */
  unregister(): void;
}

export interface OwnTracingOptions extends Pick<OwnSpansOptions, 'resource' | 'scope' | 'followsParents'> {
  readonly sampler: Sampler;
  /** Takes what ended. Absent where nothing is sent. */
  readonly processor: SpanProcessor | undefined;
  /** Of a value of an attribute, in characters. */
  readonly maxValueLength: number;
}

export function openOwnTracing(options: OwnTracingOptions): Tracing {
  const { sampler, processor, resource, scope } = options;
  const ids = createSpanIds();
  const provider = new TracerProvider({
    resource,
    sampler,
    idGenerator: ids,
    spanLimits: { attributeValueLengthLimit: options.maxValueLength },
    spanProcessors: processor ? [processor] : [],
  });
  const unregister = registerProvider(provider);
  return {
    begin: createOwnSpans({
      sampler,
      resource,
      scope,
      ids,
      followsParents: options.followsParents,
      tracer: provider.getTracer(scope.name, scope.version),
      ended: processor && ((span) => processor.onEnd(span)),
    }),
    flush: () => provider.forceFlush(),
    shutDown: () => provider.shutdown(),
    unregister,
  };
}

/** Of somebody who flushes and ends it by himself. */
export function joinOthersTracing(
  provider: AnyTracerProvider,
  { name, version }: OwnTracingOptions['scope'],
): Tracing {
  registerContext();
  return {
    begin: createOthersSpans(provider.getTracer(name, version)),
    async flush() {},
    async shutDown() {},
    unregister() {},
  };
}
