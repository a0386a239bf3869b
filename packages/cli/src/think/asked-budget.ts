import { InvalidArgumentError } from 'commander';
import { duration } from '../option-values.ts';

/** What a command line may limit. */
export interface AskedBudget {
  readonly tokens?: number;
  readonly modelCalls?: number;
  readonly wallTime?: number;
  /** US dollars. */
  readonly cost?: number;
}

/** `20000`, `12calls`, `30s`, `0.05usd`, or several of them with commas. */
export function askedBudget(given: string): AskedBudget {
  return Object.assign({}, ...given.split(',').map((part) => limitOf(part.trim())));
}

function limitOf(part: string): AskedBudget {
  const [, count, unit] = /^([1-9]\d{0,11})(calls|tokens)?$/.exec(part) ?? [];
  if (count !== undefined)
    return unit === 'calls' ? { modelCalls: Number(count) } : { tokens: Number(count) };
  const [, usd, dollars = usd] = /^(?:(\d*\.?\d+)usd|\$(\d*\.?\d+))$/i.exec(part) ?? [];
  if (Number(dollars) > 0) return { cost: Number(dollars) };
  try {
    return { wallTime: duration(part) };
  } catch {
    throw new InvalidArgumentError(
      'Give tokens, calls, a time and US dollars, as in 20000,12calls,30s,0.05usd.',
    );
  }
}
