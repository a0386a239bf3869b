import { checksOf } from '../../engine/contract.ts';
import { isNamed, type Profile, profiles, selectGroups } from '../../engine/selection.ts';
import { checkRuns, type SelectedRun } from '../check-runs.ts';
import type { CommandDefinition } from '../command-definition.ts';
import { exitCodes } from '../exit-codes.ts';
import { type LoadedRun, loadRuns } from '../load-runs.ts';
import { parseArguments, wholeNumber } from '../parse-arguments.ts';
import { createProgress, silent } from '../progress.ts';
import { reportFiles } from '../report-files.ts';
import { printLine } from '../terminal.ts';
import { noSuch, usageError } from '../usage-error.ts';

/** Checks adapters against their contracts. */
export const check: CommandDefinition = {
  name: 'check',
  usage: 'FILE... [options]',
  summary: 'checks the adapters that files export',
  details: `A file exports by default what defineSubject gives, or a list of it. It may be TypeScript.

  --profile LIST      core: checks that only use the service; faults: those that cut the wire to it;
                      restart: those that restart or kill it. Several with commas; default: all
  --only NAME         the check of this id, or all whose id begins so, as in state-store.ttl; may be repeated
  --seed N            what everything random follows from; default: another one for each run
  --concurrency N     how many checks may run at once; default 8
  --deadline MS       how many milliseconds one check may take; more where a service is far away; default: what
                      the subject says, else 30000
  --report PATH       writes the report as JSON to PATH if that ends with .json, else one for each run to the
                      folder PATH
  --quiet             tells nothing until there is a verdict

Exit code 0: conformant, or failing only where that is known; 1: failed; 2: incomplete, because something was
blocked or nothing ran; 3: could not be run; 130: interrupted.`,

  async run(args, terminal) {
    const { values, positionals } = parseArguments(args, {
      profile: { type: 'string', multiple: true },
      only: { type: 'string', multiple: true },
      seed: { type: 'string' },
      concurrency: { type: 'string' },
      deadline: { type: 'string' },
      report: { type: 'string' },
      quiet: { type: 'boolean' },
    });
    if (positionals.length === 0) throw usageError('name the file that exports what is to be checked');
    const options = {
      ...(values.seed !== undefined && { seed: wholeNumber('--seed', values.seed, 0) }),
      ...(values.concurrency !== undefined && {
        concurrency: wholeNumber('--concurrency', values.concurrency, 1),
      }),
      ...(values.deadline !== undefined && { deadlineMs: wholeNumber('--deadline', values.deadline, 1) }),
    };
    const wanted = values.profile && profilesOf(values.profile);
    const runs = select(await loadRuns(positionals), values.only, wanted);
    if (runs.length === 0) {
      printLine(terminal.stdout, 'nothing was checked: no check is both named and of these profiles');
      return exitCodes.incomplete;
    }
    const files = values.report === undefined ? undefined : await reportFiles(values.report, runs.length);
    const progress = values.quiet ? silent : createProgress(terminal.stderr);
    return checkRuns({ runs, options, progress, ...(files && { onReport: files.write }) }, terminal);
  },
};

function profilesOf(lists: readonly string[]): readonly Profile[] {
  return lists
    .flatMap((list) => list.split(','))
    .map((typed) => {
      const known = profiles.find((profile) => profile === typed.trim());
      if (known === undefined) throw noSuch('profile', typed, profiles);
      return known;
    });
}

/** Each run with the part of its contract that was asked for; none that has nothing of that. */
function select(
  loaded: readonly LoadedRun[],
  names: readonly string[] | undefined,
  wanted: readonly Profile[] | undefined,
): readonly SelectedRun[] {
  const ids = loaded.flatMap(({ run }) => checksOf(run.contract).map(({ id }) => id));
  const unknown = names?.find((name) => !ids.some((id) => isNamed(id, name)));
  if (unknown !== undefined) {
    const groups = loaded.flatMap(({ run: { contract } }) =>
      contract.groups.map(({ id }) => `${contract.id}.${id}`),
    );
    throw noSuch('check or group', unknown, [...groups, ...ids]);
  }
  if (names === undefined && wanted === undefined) return loaded.map((one) => ({ ...one, selection: {} }));
  return loaded
    .map((one) => {
      const own = names?.filter((name) => checksOf(one.run.contract).some(({ id }) => isNamed(id, name)));
      const selection = { ...(own && { checks: own }), ...(wanted && { profiles: wanted }) };
      return { ...one, selection };
    })
    .filter(({ run, selection }) => selectGroups(run.contract, selection).length > 0);
}
