import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Subject } from '../engine/subject.ts';

/** Every client leaves a timer behind that keeps the process alive, until the subject itself is closed. */
export function leavesATimer<A extends AnyAdapter>(subject: Subject<A>): Subject<A> {
  const timers: NodeJS.Timeout[] = [];
  return {
    ...subject,
    open(options) {
      timers.push(setInterval(() => {}, 60_000));
      return subject.open(options);
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      await subject.close?.();
    },
  };
}
