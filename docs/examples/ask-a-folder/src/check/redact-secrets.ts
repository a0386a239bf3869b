import type { Block } from '../document.ts';
import { secretsGuardrail } from './secrets.ts';

const guardrail = secretsGuardrail();

/**
 * Blocks of a file without the secrets in them. This happens where files are read, so that neither the run's journal, nor
 * the index, a model, the report or the timeline ever hold one.
 */
export async function redactSecrets(
  blocks: readonly Block[],
  signal: AbortSignal,
): Promise<readonly Block[]> {
  // One look at the whole file is enough for nearly all of them.
  const whole = blocks.map(({ text }) => text).join('\n');
  const verdict = await guardrail.check({ text: whole, final: true }, { signal });
  if (verdict.action === 'pass') return blocks;
  return Promise.all(blocks.map((block) => redactBlock(block, signal)));
}

async function redactBlock(block: Block, signal: AbortSignal): Promise<Block> {
  const verdict = await guardrail.check({ text: block.text, final: true }, { signal });
  if (verdict.action === 'pass') return block;
  return { ...block, text: verdict.action === 'redact' ? verdict.text : '[redacted]' };
}
