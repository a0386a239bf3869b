import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { askContract, askName, NoAnswer } from './ask.ts';
import { contractIds, contracts, isContractId } from './contracts.ts';
import { createPlugin, type PluginRequest } from './create-plugin.ts';
import { readOwnManifest } from './manifest.ts';
import { nextSteps } from './next-steps.ts';
import { problemOfName, withoutScope } from './plugin-name.ts';
import { UsageError } from './usage-error.ts';

const usage = `create-plugin [NAME] [--contract CONTRACT] [--folder DIR]

Makes a plugin package for @aiwork, with the contract that its adapter has to keep. Asks for what is not given, on a
terminal.

  NAME                       name of the package, as in @acme/aiwork-redis
  -c, --contract CONTRACT    ${contractIds.map((id) => `${id.padEnd(12)} ${contracts[id].about}`).join(`\n${' '.repeat(29)}`)}
  -f, --folder DIR           a folder that is new or empty (default: NAME without its scope)
  -h, --help                 this text
  -V, --version              the version

exit code 0: made, 1: failed, 2: the command line was wrong, 130: no answer`;

/** Runs a command line and gives its exit code. Never rejects. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof NoAnswer) return 130;
    process.stderr.write(`create-plugin: ${error instanceof Error ? error.message : String(error)}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help || values.version) {
    process.stdout.write(`${values.help ? usage : (await readOwnManifest()).version}\n`);
    return 0;
  }
  const request = await completed(positionals, values);
  await createPlugin(request);
  process.stdout.write(nextSteps(request));
  return 0;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        contract: { type: 'string', short: 'c' },
        folder: { type: 'string', short: 'f' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

interface Given {
  readonly contract?: string | undefined;
  readonly folder?: string | undefined;
}

/** What was given, with what is asked for where it was not. */
async function completed(positionals: readonly string[], given: Given): Promise<PluginRequest> {
  if (positionals.length > 1) throw new UsageError(`give one name, not ${positionals.join(' and ')}`);
  // Before any question, so that nobody answers for nothing.
  const named = positionals[0] === undefined ? undefined : checkedName(positionals[0]);
  const chosen = given.contract === undefined ? undefined : checkedContract(given.contract);
  const canAsk = process.stdin.isTTY && process.stdout.isTTY;
  if (!canAsk && (named === undefined || chosen === undefined)) {
    throw new UsageError(
      `there is no terminal to ask on: give a name and --contract ${contractIds.join('|')}`,
    );
  }
  const name = named ?? (await askName());
  const contract = chosen ?? (await askContract());
  return { name, contract, folder: given.folder ?? join('.', withoutScope(name)) };
}

function checkedName(name: string): string {
  const problem = problemOfName(name);
  if (problem === undefined) return name;
  throw new UsageError(`${JSON.stringify(name)} cannot be the name of a package: ${problem}`);
}

function checkedContract(id: string) {
  if (isContractId(id)) return id;
  throw new UsageError(`there is no contract ${JSON.stringify(id)}: give one of ${contractIds.join(', ')}`);
}
