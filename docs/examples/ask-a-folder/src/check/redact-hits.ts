import type { Block } from '../document.ts';
import type { Found } from '../retrieve/find-passages.ts';
import { secretsGuardrail } from './secrets.ts';

/** What was found, without the secrets in it: neither a model nor the report is to see them. */
export async function redactHits(found: Found, signal: AbortSignal): Promise<Found> {
  const guardrail = secretsGuardrail();
  const redact = async (block: Block): Promise<Block> => {
    const verdict = await guardrail.check({ text: block.text, final: true }, { signal });
    if (verdict.action === 'pass') return block;
    return { ...block, text: verdict.action === 'redact' ? verdict.text : '[redacted]' };
  };
  const hits = await Promise.all(
    found.hits.map(async (hit) => ({
      ...hit,
      passage: { ...hit.passage, blocks: await Promise.all(hit.passage.blocks.map(redact)) },
    })),
  );
  return { ...found, hits };
}
