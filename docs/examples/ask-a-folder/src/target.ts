import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandLine, UsageError } from './command-line.ts';
import { describeFileError } from './read/describe-file-error.ts';

/** What is asked of which files. */
export interface Target {
  /** An absolute path, links resolved. */
  readonly folder: string;
  readonly title: string;
  readonly question: string;
  readonly only?: readonly string[];
}

const repository = fileURLToPath(new URL('../../../../', import.meta.url));

const defaultQuestion = 'Which steps run again after a crash?';

/**
 * The folder and question of a command line, the repository's documentation being the default.
 *
 * @throws UsageError when there is no such folder, or no question about it.
 */
export async function findTarget(command: CommandLine, cwd: string): Promise<Target> {
  const { folder, question, only } = command;
  if (folder === undefined) return aboutThisRepository(defaultQuestion, only);
  const path = resolve(cwd, folder);
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (stats instanceof Error) {
    // A sentence where the folder goes is a question about the default one.
    if (question === undefined && /\s/.test(folder)) return aboutThisRepository(folder.trim(), only);
    throw new UsageError(
      stats.code === 'ENOENT' ? `there is no folder ${path}` : `${path}: ${describeFileError(stats)}`,
    );
  }
  if (!stats.isDirectory()) throw new UsageError(`${path} is not a folder: give the folder it is in`);
  if (question === undefined) {
    throw new UsageError(
      `what do you want to know of ${folder}? Give a question after the folder, in quotes`,
    );
  }
  return { folder: await realpath(path), title: folder, question, ...(only && { only }) };
}

async function aboutThisRepository(question: string, only: readonly string[] = ['md']): Promise<Target> {
  return { folder: await realpath(repository), title: "this repository's documentation", question, only };
}
