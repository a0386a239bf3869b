/** What every client stores and gives to its handlers: about 200 bytes of JSON, with a key. */
export interface Payload {
  readonly id: string;
  readonly queue: string;
  readonly runId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly priority: number;
  readonly key: string;
}

const keys = 1000;

/** Task number so and so of a queue. It is a job, so that the queue of the engine takes it too. */
export function payloadOf(queue: string, number: number): Payload {
  const key = `customer-${number % keys}`;
  const runId = 'r-01jc8x5q9d3v7m2k4h6n8p0s1t';
  return {
    id: `${runId}.resize[${number}]`,
    queue,
    runId,
    stepId: `resize[${number}]`,
    attempt: 1,
    priority: 0,
    key,
  };
}

/** The headers that tasks of `@aiwork/kafka` have, for the clients that are given bytes. */
export function headersOf({ id }: Payload): Record<string, string> {
  return { 'idempotency-key': id, 'content-type': 'application/json' };
}
