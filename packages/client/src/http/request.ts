/** What is asked of a server. */
export interface ServerRequest {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What changes nothing more when it is done twice. */
  readonly effect?: 'idempotent';
  /** Makes a request that is sent again the same one. */
  readonly idempotencyKey?: string;
  /** How often it is sent at most. Default 5. */
  readonly maxAttempts?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What may be asked again when it is not known whether it was done. */
export const isRepeatable = ({ method, effect, idempotencyKey }: ServerRequest) =>
  method === 'GET' || effect === 'idempotent' || idempotencyKey !== undefined;

/** Names a request in errors: without its query, which may hold what somebody looks for. */
export const nameOf = ({ method, path }: ServerRequest) => `${method} ${path.split('?')[0]}`;
