import { UsageError } from '../usage-error.ts';

/** Options of an exporter: what their names mean, and which there are, it says itself. */
export type ExporterOptions = Readonly<Record<string, unknown>>;

type Draft = Record<string, unknown>;

/**
 * Turns flags that `aiwork` does not know into options: `--max-active-tasks 4` into `maxActiveTasks: 4`, `--runner.kind
 * docker` into `runner: { kind: 'docker' }`, one that is given several times into a list, one without a value into `true`,
 * and `--no-catchup` into `catchup: false`. Values are JSON where they are that, and texts elsewhere.
 *
 * @throws `AIWORK_USAGE` naming what is no flag.
 */
export function exporterOptions(words: readonly string[]): ExporterOptions {
  const options: Draft = {};
  for (let at = 0; at < words.length; ) {
    const word = words[at++] as string;
    const [, name = '', given] = /^--([a-z][\w.-]*)(?:=(.*))?$/is.exec(word) ?? [];
    if (name === '') {
      throw new UsageError(`${JSON.stringify(word)} is not expected`, {
        hint: 'options of the exporter are flags, as in --owner data-team',
      });
    }
    const next = words[at];
    if (given !== undefined) add(options, name, meant(given));
    else if (next !== undefined && !next.startsWith('--')) {
      add(options, name, meant(next));
      at += 1;
    } else if (name.startsWith('no-')) add(options, name.slice(3), false);
    else add(options, name, true);
  }
  return options;
}

function add(options: Draft, flag: string, value: unknown): void {
  const path = flag.split('.').map(camelCase);
  const last = path.pop() as string;
  const holder = path.reduce<Draft>((draft, name) => {
    const inner = own(draft, name) ?? {};
    if (!isDraft(inner)) throw conflict(flag);
    draft[name] = inner;
    return inner;
  }, options);
  const before = own(holder, last);
  if (isDraft(before)) throw conflict(flag);
  holder[last] = before === undefined ? value : [before, value].flat();
}

const own = (draft: Draft, name: string): unknown => (Object.hasOwn(draft, name) ? draft[name] : undefined);

function isDraft(value: unknown): value is Draft {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function conflict(flag: string): UsageError {
  return new UsageError(`--${flag} is given as a whole and in parts: choose one`);
}

function camelCase(words: string): string {
  const name = words.replace(/-+(.)/g, (_, first: string) => first.toUpperCase());
  // Assigned, it would change the object instead of naming a field.
  if (name === '' || name === '__proto__') throw new UsageError(`"${words}" is no name of an option`);
  return name;
}

function meant(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
