/** What was done, or tried. @since 0.1.0 */
export type AuditAction = 'authenticate' | 'start' | 'cancel' | 'resume' | 'rerun' | 'signal';

/**
 * Who did what, or was kept from it. Neither what was sent nor tokens are in it.
 *
 * @since 0.1.0
 */
export interface AuditEntry {
  /** RFC 3339. */
  readonly at: string;
  readonly action: AuditAction;
  /** `refused`: it was not allowed, or not possible. `failed`: the server could not, and whether it was done is not known. */
  readonly outcome: 'done' | 'refused' | 'failed';
  /** Code of the error, when it was not done. */
  readonly code?: string;
  /** Who it was; nobody known when a token was refused, or without `auth`. */
  readonly principal?: string;
  /** Where the request came from; what proxies say of that counts with `trustProxy` alone. */
  readonly address: string;
  /** As the response has it in `x-request-id`, and the server's log. */
  readonly requestId: string;
  readonly unit?: string;
  readonly execution?: string;
  readonly step?: string;
  /** The execution that was run again. */
  readonly rerunOf?: string;
}

/** Where entries go. @since 0.1.0 */
export interface AuditLog {
  /**
   * Awaited before the request is answered. Should it fail, that is logged, and the request answered all the same: what it
   * did is done.
   */
  write(entry: AuditEntry): void | Promise<void>;
}
