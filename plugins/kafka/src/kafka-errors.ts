import { AiworkError, type ErrorCode } from '@aiwork/core';

interface Explanation {
  readonly code: ErrorCode;
  readonly advice: string;
  readonly retryable: boolean;
}

const failed = (advice: string): Explanation => ({ code: 'AIWORK_QUEUE_FAILED', advice, retryable: false });
const mayPass = (advice: string): Explanation => ({ ...failed(advice), retryable: true });

/** What brokers refuse without having stored anything, by the name that the protocol has for it. */
const refusals: Readonly<Record<string, Explanation>> = {
  UNKNOWN_TOPIC_OR_PARTITION: failed('the topic is missing: create it, or let this package do so (topics)'),
  MESSAGE_TOO_LARGE: {
    code: 'AIWORK_LIMIT_EXCEEDED',
    advice: 'the task is larger than max.message.bytes of its topic: make it smaller, or raise that',
    retryable: false,
  },
  INVALID_REPLICATION_FACTOR: failed(
    'it has fewer brokers than topics.replicationFactor asks for: lower it, or wait until all brokers run',
  ),
  TOPIC_AUTHORIZATION_FAILED: failed(
    'its ACL does not let this user use the topic: allow what the README lists',
  ),
  GROUP_AUTHORIZATION_FAILED: failed(
    'its ACL does not let this user use the group: allow what the README lists',
  ),
  CLUSTER_AUTHORIZATION_FAILED: failed(
    'its ACL does not let this user make topics or send: allow what the README lists',
  ),
  POLICY_VIOLATION: failed('a policy of the cluster forbids it: create the topics by hand'),
  INVALID_TIMESTAMP: failed('the clock of this machine is not that of the brokers: set them right'),
  NOT_ENOUGH_REPLICAS: mayPass('fewer brokers run than min.insync.replicas asks for: check the brokers'),
  NOT_LEADER_FOR_PARTITION: mayPass('another broker is taking over: try again in a moment'),
  LEADER_NOT_AVAILABLE: mayPass('another broker is taking over: try again in a moment'),
  SASL_AUTHENTICATION_FAILED: failed('it refused the user name or password: check sasl'),
  UNSUPPORTED_SASL_MECHANISM: failed('it does not know this way to log in: check sasl.mechanism'),
  INVALID_SESSION_TIMEOUT: failed(
    'its brokers do not take this sessionTimeoutMs: see group.min.session.timeout.ms and group.max.session.timeout.ms',
  ),
  INCONSISTENT_GROUP_PROTOCOL: failed(
    'others in this group share its work out in another way: give the group a name that they do not use',
  ),
  ILLEGAL_SASL_STATE: failed('this listener takes no user name: leave sasl out, or check the port'),
};

/** The last reply was a refusal, and yet some of what was sent may be stored. */
export class UncertainError extends Error {
  override readonly name = 'UncertainError';
}

const untrusted = failed(
  'its certificate is not trusted: check tls.ca, and that it is valid and for this address',
);

/** What Node finds wrong with certificates. */
const isAboutTrust = /CERT|ALTNAME|UNABLE_TO_VERIFY_LEAF_SIGNATURE/;

/** Whether a broker refused what it was sent, and certainly stored none of it. */
export function isRefusal(error: unknown): boolean {
  return !(error instanceof UncertainError) && explanationOf(rootOf(error)) !== undefined;
}

/** Whether it will be no other in a moment. */
export function isLasting(error: unknown): boolean {
  if (AiworkError.isInstance(error)) return !error.retryable;
  const cause = rootOf(error);
  // Brokers hear one after the other of a topic that was just made; whether there is one is asked before.
  if (cause.type === 'UNKNOWN_TOPIC_OR_PARTITION') return false;
  return explanationOf(cause)?.retryable === false;
}

/** Whether a broker refused what it may take in a moment. */
export function isPassing(error: unknown): boolean {
  return explanationOf(rootOf(error))?.retryable === true;
}

/** Something that was asked of Kafka and not done. `outcome` is for what changes something. */
export function kafkaFailed(
  where: string,
  what: string,
  error: unknown,
  outcome?: 'not-applied' | 'unknown',
): AiworkError {
  if (AiworkError.isInstance(error)) return error;
  const cause = rootOf(error);
  const explanation = explanationOf(cause);
  const advice = explanation?.advice ?? 'check that the brokers run, and their addresses, tls and sasl';
  const settled = isRefusal(error) && outcome ? 'not-applied' : outcome;
  const effect = settled === 'unknown' ? '; whether it was done is not known' : '';
  return new AiworkError(
    explanation?.code ?? 'AIWORK_QUEUE_FAILED',
    `${where} did not ${what}: ${advice} (${cause.message})${effect}`,
    {
      cause,
      retryable: explanation?.retryable ?? true,
      ...(settled === undefined ? {} : { outcome: settled }),
    },
  );
}

/** No answer in time. */
export function kafkaSilent(
  where: string,
  what: string,
  waitedMs: number,
  outcome?: 'not-applied' | 'unknown',
): AiworkError {
  const effect =
    outcome === 'unknown' ? ': whether it was done is not known' : ': check that its brokers run';
  return new AiworkError('AIWORK_QUEUE_FAILED', `${where} did not ${what} within ${waitedMs} ms${effect}`, {
    retryable: true,
    ...(outcome === undefined ? {} : { outcome }),
  });
}

function explanationOf(error: BareError): Explanation | undefined {
  if (error.type !== undefined && Object.hasOwn(refusals, error.type)) return refusals[error.type];
  if (error.name === 'KafkaJSSASLAuthenticationError') return refusals['SASL_AUTHENTICATION_FAILED'];
  if (error.code !== undefined && isAboutTrust.test(error.code)) return untrusted;
  return undefined;
}

export type BareError = Error & { readonly type?: string; readonly code?: string };

/** Of several topics that could not be made, the first is told of. */
function innerOf(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors[0];
  return error.cause instanceof Error ? error.cause : undefined;
}

/** The error beneath kafkajs's wrappers, without what hangs on it: they may hold requests. */
export function rootOf(error: unknown): BareError {
  let root: unknown = error;
  for (let depth = 0; depth < 10; depth += 1) {
    const inner = innerOf(root);
    if (inner === undefined) break;
    root = inner;
  }
  if (!(root instanceof Error)) return new Error(String(root));
  const bare = Object.assign(new Error(root.message), { name: root.name });
  return Object.assign(
    bare,
    'type' in root && typeof root.type === 'string' && { type: root.type },
    'code' in root && typeof root.code === 'string' && { code: root.code },
  );
}
