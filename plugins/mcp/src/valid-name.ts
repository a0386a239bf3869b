import { createHash } from 'node:crypto';

/** What the models of all vendors take for the name of a tool. */
const maxLength = 64;

/**
 * A name that every client and model takes: letters, digits, `_` and `-`, at most 64. One that had to be changed, or is
 * taken, ends with a hash of `identity`, so that it stays the same wherever and in whatever order names are given.
 */
export function validName(wanted: string, identity: string, isTaken: (name: string) => boolean): string {
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(wanted) && !isTaken(wanted)) return wanted;
  const hash = createHash('sha256').update(identity).digest('hex').slice(0, 8);
  const start = wanted.replace(/[^a-zA-Z0-9_-]+/g, '_').slice(0, maxLength - hash.length - 1);
  return `${start}_${hash}`;
}
