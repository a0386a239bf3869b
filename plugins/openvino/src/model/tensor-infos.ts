import { type TensorInfo, UnsupportedCapabilityError } from '@aiwork/core';
import type { Port } from '../engine/ports.ts';

/**
 * Ports as the contract describes them.
 *
 * @throws `AIWORK_UNSUPPORTED_CAPABILITY` for one of a type that cannot be carried, naming it.
 */
export function tensorInfos(ports: readonly Port[], what: string): readonly TensorInfo[] {
  return Object.freeze(
    ports.map(({ name, type, shape }) => {
      if (type === undefined) {
        throw new UnsupportedCapabilityError(
          `"${name}" of ${what} has an element type that cannot be carried: convert it in the model to one that can`,
        );
      }
      return Object.freeze({ name, type, ...(shape && { shape: Object.freeze([...shape]) }) });
    }),
  );
}
