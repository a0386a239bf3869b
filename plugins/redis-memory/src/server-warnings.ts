import type { ServerFacts } from '@aiwork/redis/adapter-kit';
import type { RedisMemoryOptions } from './options.ts';

/** What an operator should know about the settings of the server, in sentences. */
export function serverWarnings(
  { evictionPolicy, durability }: ServerFacts,
  options: Pick<RedisMemoryOptions, 'durability'>,
): readonly string[] {
  const warnings: string[] = [];
  if (evictionPolicy !== undefined && evictionPolicy !== 'noeviction')
    warnings.push(
      `the server deletes keys when its memory is full (maxmemory-policy ${evictionPolicy}), and all documents of a memory are one key: set it to noeviction`,
    );
  if (durability === undefined && options.durability === undefined)
    warnings.push(
      "the server does not tell its settings, so that durability counts as 'process': say what it keeps by the option durability, and see yourself that its maxmemory-policy is noeviction",
    );
  if (durability === 'process')
    warnings.push(
      'the server keeps nothing on its disk (appendonly no, no save), so the memory ends with it: set appendonly to yes',
    );
  return warnings;
}
