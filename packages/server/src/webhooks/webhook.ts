import type { Retry, RunEventType } from '@aiwork/core';

/** What a webhook can tell of: all that is kept of a run. @since 0.1.0 */
export type WebhookEventType = Exclude<RunEventType, 'model.delta'>;

/** Whom to tell what. @since 0.1.0 */
export interface Webhook {
  /** Names it in errors, reports and the journal, where its address and secret are never shown. */
  readonly name: string;
  /** Where it is posted to, by `https:`; by `http:`, too, where `allowedNetworks` holds the host. */
  readonly url: string | URL;
  /**
   * What deliveries are signed with, as {@link newWebhookSecret} makes it: `whsec_` and 24 to 64 bytes in base64. While one
   * is replaced, both sign.
   */
  readonly secret: string | readonly string[];
  /** Default: `run.finished` and `step.waiting`. */
  readonly events?: readonly WebhookEventType[];
  /** Ids of the units whose executions it is told of. Default: all that are served. */
  readonly units?: readonly string[];
}

/** @since 0.1.0 */
export interface WebhooksOptions {
  readonly endpoints: readonly Webhook[];
  /**
   * Networks that are posted to although they are not public, such as `10.0.0.0/8`. Default: none; nothing on this machine
   * or in its network can be asked through a webhook.
   */
  readonly allowedNetworks?: readonly string[];
  /** How often a delivery is tried. Default: 10 times, after 5 s at first and then up to 1 h, drawn at random. */
  readonly retry?: Pick<Retry, 'maxAttempts' | 'minDelay' | 'maxDelay'>;
  /** How long an endpoint may take to answer, in milliseconds. Default 15,000. */
  readonly timeoutMs?: number;
}

/** What this process has seen of a webhook. @since 0.1.0 */
export interface WebhookReport {
  readonly name: string;
  readonly delivered: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Milliseconds since the Unix epoch. */
  readonly lastDeliveredAt?: number;
  readonly lastError?: { readonly at: number; readonly message: string };
}
