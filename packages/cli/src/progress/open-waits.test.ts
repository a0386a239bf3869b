import type { RunEvent, RunEventBody } from '@aiwork/core';
import { describe, expect, it } from 'vitest';
import { trackWaits } from './open-waits.ts';

const after = (...bodies: readonly RunEventBody[]) => {
  const waits = trackWaits();
  bodies.forEach((body, i) => void waits.apply({ seq: i + 1, at: 0, runId: 'r', ...body } as RunEvent));
  return waits;
};

const waiting: RunEventBody = { type: 'step.waiting', stepId: 'approve' };
const sent: RunEventBody = { type: 'signal.received', stepId: 'approve', payload: 'no' };

describe('open waits', () => {
  it('are unanswered until a signal is there, and wait until it is taken', () => {
    expect(after(waiting).unanswered).toEqual(['approve']);
    const answered = after(waiting, sent);
    expect(answered.unanswered).toEqual([]);
    expect(answered.ids).toEqual(['approve']);
    expect(after(waiting, sent, { type: 'step.succeeded', stepId: 'approve', attempt: 1 }).ids).toEqual([]);
  });

  it('are unanswered again when the payload was refused', () => {
    const refusal: RunEventBody = { type: 'log', stepId: 'approve', level: 'warn', message: 'invalid' };
    expect(after(waiting, sent, refusal).unanswered).toEqual(['approve']);
  });

  it('need no answer in a run that is to end', () => {
    expect(after(waiting, { type: 'run.cancel-requested', reason: 'enough' }).unanswered).toEqual([]);
  });
});
