import { InvalidArgumentError } from 'commander';
import { duration } from '../option-values.ts';

/** What a command line may limit. */
export interface AskedBudget {
  readonly tokens?: number;
  readonly modelCalls?: number;
  readonly wallTime?: number;
}

/** `20000`, `12calls`, `30s`, or several of them with commas. */
export function askedBudget(given: string): AskedBudget {
  return Object.assign({}, ...given.split(',').map((part) => limitOf(part.trim())));
}

function limitOf(part: string): AskedBudget {
  const [, count, unit] = /^([1-9]\d{0,11})(calls|tokens)?$/.exec(part) ?? [];
  if (count !== undefined)
    return unit === 'calls' ? { modelCalls: Number(count) } : { tokens: Number(count) };
  try {
    return { wallTime: duration(part) };
  } catch {
    throw new InvalidArgumentError('Give tokens, calls and a time, as in 20000,12calls,30s.');
  }
}
