import { checkWellFormed, invalidArgument } from '@aiwork/core/adapter-kit';

/**
 * How the keys of one namespace begin. Neither prefix nor namespace can hold a brace, so no two pairs of them share a
 * key, and what follows, whatever it is, never ends the hash tag.
 *
 * @since 0.1.0
 */
export interface Keyspace {
  /** For keys that are changed together: the namespace is the hash tag, so a cluster keeps them on one node. */
  readonly together: string;
  /** For keys that stand alone: the hash tag is empty, so a cluster spreads them over its nodes. */
  readonly spread: string;
}

/** @throws `AIWORK_INVALID_ARGUMENT` when `keyPrefix` has braces, or `namespace` is no well-formed string. */
export function keyspaceOf({
  keyPrefix,
  namespace,
}: {
  readonly keyPrefix: string;
  readonly namespace: string;
}): Keyspace {
  if (typeof keyPrefix !== 'string' || !keyPrefix.isWellFormed() || /[{}]/.test(keyPrefix)) {
    throw invalidArgument(
      `keyPrefix is ${JSON.stringify(keyPrefix)}: give a well-formed string without braces, which stand for hash tags`,
    );
  }
  checkWellFormed(namespace, 'the namespace');
  const name = namespace.replace(/[%{}:]/g, (character) => encodeURIComponent(character));
  return { together: `${keyPrefix}{${name}}:`, spread: `${keyPrefix}{}${name}:` };
}
