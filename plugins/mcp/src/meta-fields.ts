/** Fields of `_meta` in requests and results. */
export const metaFields = {
  /** Of a call: a second one with the same key is answered with the run that the first one started. */
  idempotencyKey: 'aiwork/idempotencyKey',
  /** Of a result: the run that it is of. */
  runId: 'aiwork/runId',
  /** Of a result: how that run is. */
  status: 'aiwork/status',
} as const;
