import { context, ProxyTracerProvider, propagation, type TracerProvider, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';

/** Providers that were made here. */
const ours = new WeakSet<TracerProvider>();

/** The provider that somebody else registered for the whole process: an SDK that instruments, for one. */
export function othersProvider(): TracerProvider | undefined {
  const provider = trace.getTracerProvider();
  const registered = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider;
  const isNone = registered.constructor.name === 'NoopTracerProvider';
  return isNone || ours.has(registered) ? undefined : registered;
}

/**
 * Makes a provider the one of the whole process, unless there is one, so that instrumented libraries make parts of the
 * spans in which they are called. Gives what takes that back.
 *
 * What carries the active span over waits is registered in any case, and stays: it holds nothing.
 */
export function registerProvider(provider: TracerProvider): () => void {
  ours.add(provider);
  registerContext();
  return trace.setGlobalTracerProvider(provider) ? () => trace.disable() : () => {};
}

/** Each is refused where somebody registered one before. */
export function registerContext(): void {
  const manager = new AsyncLocalStorageContextManager().enable();
  if (!context.setGlobalContextManager(manager)) manager.disable();
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
}
