// Runs in a process of its own: memory and the first use of an engine are measured in one that has done nothing else.
import { once } from 'node:events';
import process from 'node:process';
import { AiworkError } from '@aiwork/core';
import { type MachineMeasurement, measureMachine } from './measure-machine.ts';
import { type Case, type ModelMeasurement, measureModel } from './measure-model.ts';
import { type FoundRuntime, openRuntime } from './runtimes.ts';

/** What it is asked: to measure a model, or else the machine. */
export interface Question {
  readonly runtime: FoundRuntime;
  readonly model?: Case;
}

export type Answer =
  | { readonly model: ModelMeasurement }
  | { readonly machine: MachineMeasurement }
  | { readonly failure: Failure };

export interface Failure {
  readonly code?: string;
  readonly message: string;
}

const failureOf = (error: unknown): Failure => ({
  ...(AiworkError.isInstance(error) && { code: error.code }),
  message: error instanceof Error ? error.message : String(error),
});

async function answerTo({ runtime: found, model }: Question): Promise<Answer> {
  await using runtime = await openRuntime(found);
  return model ? { model: await measureModel(runtime, model) } : { machine: await measureMachine(runtime) };
}

const [question] = (await once(process, 'message')) as [Question];
const answer = await answerTo(question).catch((error: unknown): Answer => ({ failure: failureOf(error) }));
process.send?.(answer, () => process.exit());
