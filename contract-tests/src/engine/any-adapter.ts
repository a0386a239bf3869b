import type { Adapter } from '@aiwork/core';

/** Any adapter: its capabilities are known by its contract. @since 0.1.0 */
export type AnyAdapter = Adapter<unknown>;
