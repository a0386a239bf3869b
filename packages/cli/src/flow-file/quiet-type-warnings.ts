import process from 'node:process';

/** Keeps Node's notice that type stripping is experimental off the user's terminal; every other warning goes through. */
export function quietTypeWarnings(): void {
  const { emitWarning } = process;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (rest[0] === 'ExperimentalWarning' && /type ?stripping|stripTypeScriptTypes/i.test(String(warning)))
      return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof emitWarning;
}
