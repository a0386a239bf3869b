import type { Adapter, CallOptions, Durability } from './adapter.ts';

/** @since 0.1.0 */
export interface PayloadStoreCapabilities {
  readonly durability: Durability;
  readonly maxPayloadBytes: number;
}

/**
 * Payloads too large for the journal, kept by the hash of their content and belonging to one run each.
 *
 * @since 0.1.0
 */
export interface PayloadStore extends Adapter<PayloadStoreCapabilities> {
  /** Keeps `data` under `hash` for this run. Writing the same again changes nothing. */
  put(runId: string, hash: string, data: Uint8Array, options?: CallOptions): Promise<void>;
  get(runId: string, hash: string, options?: CallOptions): Promise<Uint8Array | undefined>;
  /** Deletes all payloads of a run. */
  deleteRun(runId: string, options?: CallOptions): Promise<void>;
}
