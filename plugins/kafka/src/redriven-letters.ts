import type { KafkaDriver, OutgoingRecord } from './driver/driver.ts';
import { headerNames } from './record-headers.ts';

/** Which letters were put back, in the only partition of a topic that only grows. */
export interface RedrivenLetters {
  /** As of now: their offsets, each with what its mark says of the call that put it back. */
  callsByOffset(topic: string, signal: AbortSignal): Promise<ReadonlyMap<number, string>>;
}

/** The mark that a letter was put back, by this call. */
export function redrivenMark(
  topic: string,
  { offset, call }: { readonly offset: number; readonly call: string },
): OutgoingRecord {
  return { topic, key: undefined, value: Buffer.from(`${offset}`), headers: { [headerNames.redrive]: call } };
}

/** Each mark is read once, as whoever looks at the depth of a queue again and again asks for all of them each time. */
export function createRedrivenLetters(
  driver: Pick<KafkaDriver, 'read'>,
  rangeOf: (topic: string) => Promise<{ readonly low: number; readonly high: number }>,
): RedrivenLetters {
  const known = new Map<string, { upTo: number; readonly calls: Map<number, string> }>();

  return {
    async callsByOffset(topic, signal) {
      const { low, high } = await rangeOf(topic);
      let marks = known.get(topic);
      // One that became shorter was deleted, and made anew.
      if (!marks || high < marks.upTo) {
        marks = { upTo: low, calls: new Map() };
        known.set(topic, marks);
      }
      for (const { value, headers } of await driver.read({
        topic,
        from: Math.max(low, marks.upTo),
        upTo: high,
        signal,
      })) {
        marks.calls.set(Number(value.toString()), headers[headerNames.redrive] ?? '');
      }
      marks.upTo = Math.max(marks.upTo, high);
      return marks.calls;
    },
  };
}
