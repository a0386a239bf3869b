import { createRequire } from 'node:module';

interface RequestQueue {
  readonly pending: readonly unknown[];
}

interface RequestQueueClass {
  readonly prototype: RequestQueue & { scheduleCheckPendingRequests(this: RequestQueue): void };
}

let isMended = false;

/**
 * After every reply, kafkajs sets a timer to look for requests that wait, with a delay of minus the time since 1970 when
 * none was ever throttled; Node prints a TimeoutNegativeWarning. Where nothing waits there is nothing to look for: what
 * waits later sets the timer itself.
 */
export function mendRequestQueue(): void {
  if (isMended) return;
  isMended = true;
  const { prototype }: RequestQueueClass = createRequire(import.meta.url)(
    'kafkajs/src/network/requestQueue/index.js',
  );
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function scheduleWhereNeeded() {
    if (this.pending.length > 0) schedule.call(this);
  };
}
