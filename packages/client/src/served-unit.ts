import type { JsonSchema, UnitKind } from '@aiwork/core';

/** Something that a server runs. @since 0.1.0 */
export interface ServedUnit {
  readonly id: string;
  readonly kind: UnitKind;
  readonly version: string;
  readonly tags: readonly string[];
  readonly description?: string;
  /** What it takes, where it says so. */
  readonly input?: JsonSchema;
}
