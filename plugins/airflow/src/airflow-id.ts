import { createHash } from 'node:crypto';

/**
 * Airflow takes 250 characters, but names folders of logs after its ids (`task_id=…`, `dag_id=…`), and file systems take
 * 255 bytes.
 */
export const maxIdLength = 200;

/** Names of tasks that the exporter adds to those of the flow. */
export const addedTasks = {
  input: 'flow-input',
  output: 'flow-output',
  ending: 'flow-ending',
} as const;

const taken = new Set<string>(Object.values(addedTasks));

/**
 * An id that Airflow takes, of any id of a flow or step. Letters and digits of ASCII, `-` and `_` stay as they are; any
 * other character becomes `_u`, its code point in hexadecimal, and `_`, as does an underscore that would look like the
 * begin of one. So different ids stay different, and could be turned back. No id holds a dot, which
 * sets apart parts of steps.
 */
export function airflowId(id: string): string {
  const escaped = id.replace(/[^A-Za-z0-9_-]|_(?=u[0-9a-f]+(?:_|[^A-Za-z0-9_-]))/gu, escapeCharacter);
  return taken.has(escaped) ? escapeCharacter(escaped.slice(0, 1)) + escaped.slice(1) : escaped;
}

/**
 * `id` as it is if Airflow can take it, else its start and a hash. Such an id cannot be decoded: `airflowTasks` tells which
 * step it is.
 */
export function shortened(id: string, maxLength = maxIdLength): string {
  if (id.length <= maxLength) return id;
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `${id.slice(0, maxLength - hash.length - 1)}-${hash}`;
}

const escapeCharacter = (character: string): string =>
  `_u${(character.codePointAt(0) as number).toString(16)}_`;
