import type { Guardrail, GuardrailStream } from '../adapters/guardrail.ts';
import type { UnitContext } from '../engine/unit-context.ts';

/** Shows an answer while it comes, as far as its guardrails let it. */
export interface Display {
  push(piece: string): void;
  /** What was shown so far of a text that guardrails look at. */
  shown(): string | undefined;
}

/**
 * What was shown cannot be taken back: of a text that guardrails look at, only what all of them have let go is shown, and
 * nothing as long as there is one that cannot say.
 */
export function createDisplay(guardrails: readonly Guardrail[], ctx: UnitContext): Display {
  const show = (text: string) => {
    if (text !== '') ctx.delta(text);
  };
  const looking = guardrails.filter(({ on }) => on.includes('output'));
  if (looking.length === 0) return { push: show, shown: () => undefined };
  const through = openAll(looking, ctx);
  let shown = '';
  return {
    push(piece) {
      const text = through(piece);
      shown += text;
      show(text);
    },
    shown: () => shown,
  };
}

/** Gives what all of them let go of a text, each of what the one before let go. */
function openAll(guardrails: readonly Guardrail[], ctx: UnitContext): (piece: string) => string {
  const { signal, runId, stepId } = ctx;
  const streams = new Map<Guardrail, GuardrailStream>();
  let open = guardrails.every(({ streaming }) => streaming);
  return (piece) => {
    if (!open) return '';
    let left = piece;
    for (const guardrail of guardrails) {
      try {
        const stream = streams.get(guardrail) ?? guardrail.streaming?.begin({ signal, runId, stepId });
        if (!stream) return '';
        streams.set(guardrail, stream);
        left = textOf(stream.push(left));
      } catch (error) {
        // The rest waits for the verdict on the whole.
        open = false;
        ctx.log.warn(warning(guardrail, error));
        return '';
      }
    }
    return left;
  };
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`push gave a value of type ${typeof value}`);
}

// The message of the error may repeat what was looked at.
function warning({ name }: Guardrail, error: unknown): string {
  const what = error instanceof Error ? error.name : typeof error;
  return `guardrail "${name}" failed with ${what} on an answer that was still coming, which is shown when it has passed`;
}
