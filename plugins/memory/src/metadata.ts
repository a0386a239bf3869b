import { AiworkError } from '@aiwork/core';
import { isPlainObject, shown } from '@aiwork/core/adapter-kit';
import { limitExceeded } from './refusals.ts';

export type Metadata = Readonly<Record<string, unknown>>;

const maxMetadataBytes = 65_536;
const maxDepth = 32;

function notData(where: string, what: string): AiworkError {
  return new AiworkError(
    'AIWORK_NOT_SERIALIZABLE',
    `${where} is ${what}: use strings, finite numbers, booleans, null, and plain objects or arrays of them`,
    { outcome: 'not-applied' },
  );
}

function checkValue(value: unknown, where: string, depth: number): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notData(where, String(value));
    return;
  }
  // A circle is the deepest nesting there is, so the depth limit ends on it too.
  if (depth > maxDepth) throw notData(where, `nested deeper than ${maxDepth} levels, or circular`);
  if (Array.isArray(value)) {
    value.forEach((item, i) => {
      checkValue(item, `${where}[${i}]`, depth + 1);
    });
  } else if (isPlainObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) checkValue(item, `${where}.${shown(key).slice(1, -1)}`, depth + 1);
    }
  } else {
    throw notData(where, typeof value === 'object' ? 'not a plain object' : `a ${typeof value}`);
  }
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const item of Object.values(value)) deepFreeze(item);
}

/**
 * A frozen copy, so that neither the one who stored it nor the one who found it can change what is stored. Through JSON, which
 * keeps a key called `__proto__` a key.
 */
export function frozenMetadata(metadata: unknown, where: string): Metadata {
  if (!isPlainObject(metadata)) throw notData(where, 'not a plain object');
  checkValue(metadata, where, 0);
  const json = JSON.stringify(metadata);
  const bytes = Buffer.byteLength(json);
  if (bytes > maxMetadataBytes) {
    throw limitExceeded(
      `${where} has ${bytes} bytes as JSON, more than ${maxMetadataBytes}: keep long values in the text or elsewhere`,
    );
  }
  const copy = JSON.parse(json) as Metadata;
  deepFreeze(copy);
  return copy;
}
