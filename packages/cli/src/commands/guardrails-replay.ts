import process from 'node:process';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { guardrailsPackage } from '../guardrails/guardrails-package.ts';
import { loadGuardrails } from '../guardrails/load-guardrails.ts';
import { printReplay } from '../guardrails/print-replay.ts';
import { requireRun } from '../require-run.ts';
import { openPlaceAlone } from '../runs/open-place.ts';
import type { Place } from '../runs/place.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { toJson } from '../to-json.ts';

export interface GuardrailsReplayOptions extends Place {
  readonly run: readonly string[];
  readonly agent?: readonly string[];
  readonly texts?: boolean;
  readonly json?: boolean;
}

/** `aiwork guardrails replay`: what guardrails of today decide on the texts of old runs. */
export async function guardrailsReplay(policy: string, options: GuardrailsReplayOptions): Promise<ExitCode> {
  const { run: runIds, agent: agents, texts, json, file } = options;
  const { guardrailPolicy, replayDecisions } = await guardrailsPackage([policy, ...(file ? [file] : [])]);
  const guardrails = await loadGuardrails(policy, { guardrailPolicy });
  await using runs = await openPlaceAlone(options);
  let code: ExitCode = exitCode.ok;
  for (const runId of runIds) {
    await requireRun(runs, runId);
    const replay = await replayDecisions({
      events: runs.events(runId),
      // Whose a decision without a text was is not known.
      guardrails: ({ agent }) =>
        !agents || agent === undefined || agents.includes(agent) ? guardrails : undefined,
      texts: texts ? 'show' : 'omit',
    });
    const differ = replay.decisions.filter(({ change }) => change !== 'none').length;
    if (differ > 0) code = exitCode.failed;
    if (json) {
      for (const decision of replay.decisions)
        writeOut(`${toJson({ type: 'decision', runId, ...decision })}\n`);
      writeOut(
        `${toJson({ type: 'result', runId, texts: replay.texts, decisions: replay.decisions.length, differ })}\n`,
      );
    } else writeOut(`${printReplay(runId, replay, paintFor(process.stdout)).join('\n')}\n`);
    if (replay.texts === 0 && replay.decisions.length === 0) tellNothing(runId);
  }
  return code;
}

function tellNothing(runId: string): void {
  process.stderr.write(
    `Run ${runId} has no text that one of these guardrails looks at: it has no agent, or its agents are in sub-flows.\n`,
  );
}
