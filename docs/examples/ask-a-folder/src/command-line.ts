import { parseArgs } from 'node:util';

/** The command line was wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface CommandLine {
  readonly folder?: string;
  readonly question?: string;
  readonly out: string;
  readonly only?: readonly string[];
  readonly model?: string;
  readonly embeddings?: string;
  readonly state?: string;
  readonly resume?: string;
  readonly help: boolean;
}

export const help = `Asks a question of a folder of files, and answers with the passages it rests on.

  npx -y pnpm@12 demo                          about this repository's documentation
  npx -y pnpm@12 demo -- FOLDER "question"     about any folder

Options:
  --out DIR      where report.html and timeline.html go (default: aiwork-demo)
  --only LIST    extensions to look at, such as md,txt (default: every kind of text)
  --model FILE   a module that exports a ChatModel, which then writes the answer
  --embeddings FILE
                 an embedding model, which finds passages by what they mean, too
                 (default: the environment variable EMBEDDINGS)
  --state FILE   keep the run in this SQLite file, so that it can be resumed
  --resume RUN   go on with a run of --state that was broken off
  -h, --help     show this

Exit codes: 0 answered, 1 failed, 2 wrong command line, 3 cancelled, 4 the files hold no answer.
`;

/**
 * What the arguments of the process ask for.
 *
 * @throws UsageError
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  // pnpm hands on the `--` before a script's arguments in some versions.
  const given = args[0] === '--' ? args.slice(1) : [...args];
  const { values, positionals } = parse(given);
  const [folder, question, ...more] = positionals;
  if (more.length > 0) {
    throw new UsageError(
      `there are ${positionals.length} arguments, and 2 are the most: put the question in quotes`,
    );
  }
  if (folder === '') throw new UsageError('the folder is an empty text');
  if (question !== undefined && question.trim() === '') throw new UsageError('the question is empty');
  if (values.resume !== undefined && values.state === undefined) {
    throw new UsageError('--resume wants --state FILE: where the run is kept');
  }
  const only = values.only?.split(',').map((extension) => extension.trim().replace(/^\./, '').toLowerCase());
  if (only?.some((extension) => !/^\w+$/.test(extension))) {
    throw new UsageError(`--only is ${JSON.stringify(values.only)}: give extensions, such as md,txt`);
  }
  const { out, model, embeddings, state, resume, help: wantsHelp } = values;
  return {
    ...(folder !== undefined && { folder }),
    ...(question !== undefined && { question: question.trim() }),
    out,
    ...(only && { only }),
    ...(model !== undefined && { model }),
    ...(embeddings !== undefined && { embeddings }),
    ...(state !== undefined && { state }),
    ...(resume !== undefined && { resume }),
    help: wantsHelp,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        out: { type: 'string', default: 'aiwork-demo' },
        only: { type: 'string' },
        model: { type: 'string' },
        embeddings: { type: 'string' },
        state: { type: 'string' },
        resume: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(
      (error as Error).message.split('. ')[0]?.replace(/^./, (first) => first.toLowerCase()),
    );
  }
}
