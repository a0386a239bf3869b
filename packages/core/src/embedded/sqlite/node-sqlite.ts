import { AiworkError } from '../../errors.ts';

type NodeSqlite = typeof import('node:sqlite');

let loaded: NodeSqlite | undefined;

/**
 * Loads `node:sqlite`, whose first use prints an ExperimentalWarning on Node 22 and 24. The warning is emitted
 * synchronously while the module loads, so `process.emitWarning` is replaced for just that long, and everything but
 * this one warning goes through.
 *
 * @throws `AIWORK_STORE_FAILED` when this Node has no `node:sqlite`.
 * @example
 * ```ts
 * import { loadNodeSqlite } from '@aiwork/core/adapter-kit';
 *
 * const { DatabaseSync } = loadNodeSqlite();
 * console.log(new DatabaseSync(':memory:').prepare('SELECT 1 + 1 AS two').get()?.['two']); // 2
 * ```
 * @since 0.1.0
 */
export function loadNodeSqlite(): NodeSqlite {
  loaded ??= withoutSqliteWarning(() => process.getBuiltinModule?.('node:sqlite'));
  if (loaded) return loaded;
  throw new AiworkError(
    'AIWORK_STORE_FAILED',
    `Node ${process.versions.node} has no node:sqlite, which the SQLite store needs: use Node 22.13 or newer`,
    { outcome: 'not-applied' },
  );
}

/** Runs `load`, letting every warning through but that SQLite is experimental. */
export function withoutSqliteWarning<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && /^SQLite /.test(String(warning))) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof emitWarning;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
