/**
 * A pattern that cannot be used, and why. It stays inside the package: the modules of this folder also run in a worker
 * thread and so do without core; guardrails turn it into an `AIWORK_INVALID_ARGUMENT`.
 */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}
