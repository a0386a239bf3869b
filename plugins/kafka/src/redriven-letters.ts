import type { KafkaDriver } from './driver/driver.ts';

/** Which letters were put back: their offsets, in the only partition of a topic that only grows. */
export interface RedrivenLetters {
  /** As of now. */
  offsets(topic: string, signal: AbortSignal): Promise<ReadonlySet<number>>;
}

/** Each mark is read once, as whoever looks at the depth of a queue again and again asks for all of them each time. */
export function createRedrivenLetters(
  driver: KafkaDriver,
  rangeOf: (topic: string) => Promise<{ readonly low: number; readonly high: number }>,
): RedrivenLetters {
  const known = new Map<string, { upTo: number; readonly offsets: Set<number> }>();

  return {
    async offsets(topic, signal) {
      const { low, high } = await rangeOf(topic);
      let marks = known.get(topic);
      // One that became shorter was deleted, and made anew.
      if (!marks || high < marks.upTo) {
        marks = { upTo: low, offsets: new Set() };
        known.set(topic, marks);
      }
      for (const { value } of await driver.read({
        topic,
        from: Math.max(low, marks.upTo),
        upTo: high,
        signal,
      })) {
        marks.offsets.add(Number(value.toString()));
      }
      marks.upTo = Math.max(marks.upTo, high);
      return marks.offsets;
    },
  };
}
