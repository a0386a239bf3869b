/**
 * Lets work of one lane through one after the other, in the order in which it came; work without a lane does not wait for
 * any other.
 */
export interface Lanes<Work> {
  /** Whether it may begin; otherwise `leave` of the one before it gives it. */
  enter(lane: string | undefined, work: Work): boolean;
  /** The next of the lane. */
  leave(lane: string | undefined): Work | undefined;
}

export function createLanes<Work>(): Lanes<Work> {
  const waiting = new Map<string, Work[]>();
  return {
    enter(lane, work) {
      if (lane === undefined) return true;
      const line = waiting.get(lane);
      if (!line) waiting.set(lane, []);
      else line.push(work);
      return !line;
    },
    leave(lane) {
      if (lane === undefined) return undefined;
      const line = waiting.get(lane);
      const next = line?.shift();
      if (line && next === undefined) waiting.delete(lane);
      return next;
    },
  };
}
