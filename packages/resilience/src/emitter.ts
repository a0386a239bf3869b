import { channel } from 'node:diagnostics_channel';
import type { Clock } from '@aiwork/core';
import type { ResilienceEvent, ResilienceEventBody, ResilienceListener } from './event.ts';

/** Every event of every call of this process, for those who watch all of them. */
const everyEvent = channel('aiwork:resilience');

/** Tells listeners, and the channel `aiwork:resilience`, what happens to a call. */
export function createEmitter(
  id: string,
  clock: Clock,
  listeners: readonly (ResilienceListener | undefined)[],
): (body: ResilienceEventBody) => void {
  const isHeard = listeners.some((listener) => listener !== undefined);
  return (body) => {
    if (!isHeard && !everyEvent.hasSubscribers) return;
    const event: ResilienceEvent = { ...body, at: clock.now(), id };
    for (const listener of listeners) {
      try {
        listener?.(event);
      } catch (error) {
        process.emitWarning(
          `a listener to resilience events threw at "${event.type}" of "${id}": ${error instanceof Error ? error.message : String(error)}`,
          'AiworkWarning',
        );
      }
    }
    everyEvent.publish(event);
  };
}
