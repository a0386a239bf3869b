import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { buffer } from 'node:stream/consumers';
import { reasonOf } from './reason-of.ts';
import { UsageError } from './usage-error.ts';

/**
 * The JSON value that `given` stands for: JSON itself, `@file`, or `-` for standard input.
 *
 * @throws `AIWORK_USAGE` naming `what` when it is missing or no JSON.
 */
export async function readJson(given: string, what: string): Promise<unknown> {
  if (given === '-') return parse(await readStdin(what), `${what} on standard input`);
  if (given.startsWith('@')) {
    const file = given.slice(1);
    return parse(await readInputFile(file, what), `${what} in ${file}`);
  }
  return parse(
    given,
    what,
    `quote it for your shell, as in '{"name":"Ada"}', or '"a text"' for a plain text`,
  );
}

async function readStdin(what: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(`Reading ${what} as JSON; end it with Ctrl-D.\n`);
  return textOf(await buffer(process.stdin), `${what} on standard input`);
}

async function readInputFile(file: string, what: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UsageError(`cannot read ${what} from ${JSON.stringify(file)}: ${reasonOf(error)}`);
  });
  return textOf(bytes, `${what} in ${file}`);
}

/** What is no UTF-8 is refused: read as if it were, it would be another text. */
function textOf(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new UsageError(`${what} is not UTF-8`, {
      hint: 'save it as UTF-8; Windows PowerShell writes UTF-16 unless told otherwise',
    });
  }
}

function parse(json: string, what: string, hint?: string): unknown {
  try {
    // Editors on Windows put a byte order mark in front.
    return JSON.parse(json.replace(/^\uFEFF/, ''));
  } catch (error) {
    const reason = json.trim() === '' ? 'it is empty' : (error as SyntaxError).message;
    throw new UsageError(`${what} is not JSON: ${reason}`, hint === undefined ? {} : { hint });
  }
}
