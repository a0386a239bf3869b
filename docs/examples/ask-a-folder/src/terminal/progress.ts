import type { RunEvent } from '@aiwork/core';
import { askAFolder } from '../flow.ts';
import { describeStep } from './describe-step.ts';
import { plain } from './plain.ts';

/** How many of how many. */
interface Part {
  readonly count: number;
  readonly of: number;
}

/** Least time between two lines about one step that is still going on. */
const everyMs = 1000;

const steps = askAFolder.toGraph().nodes.map(({ id }) => id);
const width = Math.max(...steps.map((id) => id.length));

/** Turns the events of a run into lines about its steps. */
export function progressLines(): (event: RunEvent) => string | undefined {
  const startedAt = new Map<string, number>();
  let items = 0;
  let itemsDone = 0;
  let lastLineAt = 0;
  const line = (id: string, text: string, tookMs?: number) =>
    `  ${id.padEnd(width)}  ${tookMs === undefined ? text : `${text.padEnd(44)} ${formatMs(tookMs).padStart(7)}`}`;

  /** How far a step is, unless that was said a moment ago or it is done. */
  function partLine(stepId: string, { count, of }: Part, what: string, at: number): string | undefined {
    if (at - lastLineAt < everyMs || count === of) return undefined;
    lastLineAt = at;
    return line(stepId, `${count.toLocaleString('en')} of ${of.toLocaleString('en')} ${what}`);
  }

  return (event) => {
    if (!('stepId' in event)) return undefined;
    const { stepId, at } = event;
    if (!steps.includes(stepId)) {
      if (event.type !== 'step.succeeded' || !stepId.startsWith('read[')) return undefined;
      itemsDone += 1;
      return partLine('read', { count: itemsDone, of: items }, 'files', at);
    }
    switch (event.type) {
      case 'step.started':
        startedAt.set(stepId, at);
        lastLineAt = at;
        return undefined;
      case 'emitted':
        return event.name === 'indexed' ? partLine('index', event.data as Part, 'passages', at) : undefined;
      case 'step.expanded':
        items = event.inputs.length;
        return undefined;
      case 'step.succeeded':
        return line(stepId, describeStep(stepId, event.output), at - (startedAt.get(stepId) ?? at));
      case 'step.failed':
        return line(stepId, `failed: ${plain(event.error.message)}`);
      case 'step.cancelled':
        return line(stepId, 'cancelled');
      default:
        return undefined;
    }
  };
}

function formatMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
