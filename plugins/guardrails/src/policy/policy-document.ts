import { AiworkError } from '@aiwork/core';
import { isMap, isNode, LineCounter, parseDocument } from 'yaml';

/** A step into a document: a key, or a position in a list. */
export type Path = readonly (string | number)[];

/** A policy as it was written, so that what is wrong can be pointed at. */
export interface PolicyDocument {
  readonly value: unknown;
  /** @throws `AIWORK_INVALID_ARGUMENT` with file, line and column of what is at `path`, or as much of it as there is. */
  refuse(path: Path, problem: string, cause?: unknown): never;
  /** The same, for a key that should not be there. */
  refuseKey(path: Path, key: string, problem: string): never;
}

/**
 * Reads YAML 1.2, of which JSON is a part.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` where it is neither.
 */
export function readPolicyDocument(text: string, source: string): PolicyDocument {
  const lines = new LineCounter();
  // Quietly: what would be a warning is refused.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${source}:${line}:${col}`;
  };
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) fail(at(problem.pos[0]), problem.message);
  const startOf = (path: Path): number => {
    const node = document.getIn(path, true);
    if (isNode(node) && node.range) return node.range[0];
    return path.length === 0 ? 0 : startOf(path.slice(0, -1));
  };
  return {
    value: read(),
    refuse: (path, what, cause) => fail(at(startOf(path)), what, cause),
    refuseKey(path, key, what) {
      const map = document.getIn(path, true);
      const pair = isMap(map)
        ? map.items.find(({ key: node }) => isNode(node) && node.toJSON() === key)
        : undefined;
      const range = isNode(pair?.key) ? pair.key.range : undefined;
      return fail(at(range?.[0] ?? startOf(path)), what);
    },
  };

  function read(): unknown {
    try {
      return document.toJS();
    } catch (error) {
      return fail(at(0), 'it says too much with aliases', error);
    }
  }
}

function fail(place: string, problem: string, cause?: unknown): never {
  throw new AiworkError(
    'AIWORK_INVALID_ARGUMENT',
    `${place}: ${problem}`,
    cause === undefined ? {} : { cause },
  );
}
