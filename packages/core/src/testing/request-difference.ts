import type { ChatRequest } from '../adapters/chat-model.ts';

/** Where two requests differ, one line each. */
export function compareRequests(recorded: ChatRequest, asked: ChatRequest): string[] {
  const before = new Map(leaves(recorded, ''));
  const after = new Map(leaves(asked, ''));
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => describe(path, before.get(path), after.get(path)));
}

function* leaves(value: unknown, path: string): Generator<[path: string, json: string]> {
  if (value === undefined) return;
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entries.length === 0) yield [path, JSON.stringify(value)];
  const isList = Array.isArray(value);
  for (const [key, item] of entries) {
    yield* leaves(item, isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`);
  }
}

function describe(path: string, before: string | undefined, after: string | undefined): string {
  if (before === undefined) return `${path}: not recorded, asked ${excerpt(after as string, 0)}`;
  if (after === undefined) return `${path}: recorded ${excerpt(before, 0)}, not asked`;
  let same = 0;
  while (same < before.length && before[same] === after[same]) same += 1;
  return `${path}: recorded ${excerpt(before, same)}, asked ${excerpt(after, same)}`;
}

const shownLength = 60;

/** The part of a text around the place where it becomes different. */
function excerpt(json: string, from: number): string {
  const start = json.length <= shownLength ? 0 : Math.max(0, Math.min(from - 15, json.length - shownLength));
  const part = json.slice(start, start + shownLength);
  return `${start > 0 ? '…' : ''}${part}${start + shownLength < json.length ? '…' : ''}`;
}
