import type { RunEvent } from '@aiwork/core';
import { askAFolder } from '../flow.ts';
import { describeStep } from './describe-step.ts';
import { plain } from './plain.ts';

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

  return (event) => {
    if (!('stepId' in event)) return undefined;
    const { stepId, at } = event;
    if (!steps.includes(stepId)) {
      if (event.type !== 'step.succeeded' || !stepId.startsWith('read[')) return undefined;
      itemsDone += 1;
      if (at - lastLineAt < everyMs || itemsDone === items) return undefined;
      lastLineAt = at;
      return line('read', `${itemsDone.toLocaleString('en')} of ${items.toLocaleString('en')} files`);
    }
    switch (event.type) {
      case 'step.started':
        startedAt.set(stepId, at);
        lastLineAt = at;
        return undefined;
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
