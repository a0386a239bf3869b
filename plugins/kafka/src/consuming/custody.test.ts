import { describe, expect, it } from 'vitest';
import { maxRuns, settledBehind, takeCustody } from './custody.ts';

/** Workers take a partition over at offset 10, hand out what is given, and are lost. Gives the last note. */
function loseWorkers(count: number, outOf: (isAlone: boolean) => readonly number[] = () => [10, 11, 12]) {
  let note = '';
  for (let lost = 0; lost < count; lost += 1) {
    const custody = takeCustody(note, 10, `lost ${lost}`);
    for (const offset of outOf(custody.isAlone(10))) custody.begin(offset);
    note = custody.note(10, 'held');
  }
  return note;
}

describe('a partition that is taken over', () => {
  it('is worked on as ever after the loss of one worker', () => {
    expect(takeCustody(loseWorkers(1), 10, 'next').isAlone(10)).toBe(false);
  });

  it('has its first hundred records handed out alone after two workers were lost at one offset', () => {
    const custody = takeCustody(loseWorkers(2), 10, 'next');
    expect(custody.isAlone(10)).toBe(true);
    expect(custody.isAlone(109)).toBe(true);
    expect(custody.isAlone(110)).toBe(false);
  });

  it('goes on alone up to the same offset with later owners', () => {
    const custody = takeCustody(loseWorkers(2), 10, 'next');
    const later = takeCustody(custody.note(60, 'released'), 60, 'later');
    expect(later.isAlone(109)).toBe(true);
    expect(later.isAlone(110)).toBe(false);
  });

  it('counts as losses neither workers that gave it up, nor one that comes back', () => {
    const released = takeCustody(loseWorkers(1), 10, 'released');
    released.begin(10);
    const left = released.note(10, 'released');
    expect(takeCustody(left, 10, 'next').isAlone(10)).toBe(false);
    const back = takeCustody(loseWorkers(2), 10, 'lost 1');
    expect(back.isAlone(10)).toBe(false);
  });

  it('begins anew when a worker got further before it was lost', () => {
    const custody = takeCustody(loseWorkers(1), 10, 'next');
    custody.begin(11);
    expect(takeCustody(custody.note(11, 'held'), 11, 'later').isAlone(11)).toBe(false);
  });

  it('knows which record was handed out alone when workers were lost, and how often, behind a hole too', () => {
    const note = loseWorkers(5, (isAlone) => (isAlone ? [12] : [11, 12]));
    const custody = takeCustody(note, 10, 'next');
    expect([10, 11, 12].map(custody.deliveriesOf)).toEqual([0, 0, 3]);
    custody.settle(12);
    expect(takeCustody(custody.note(10, 'held'), 10, 'later').deliveriesOf(12)).toBe(0);
  });

  it('knows how often records were given back', () => {
    const custody = takeCustody('', 10, 'first');
    custody.begin(10);
    custody.giveBack(10, 3);
    expect(takeCustody(custody.note(10, 'released'), 10, 'next').deliveriesOf(10)).toBe(3);
  });

  it('is announced before anything is handed out, and then is not lost without notice', () => {
    const custody = takeCustody('', 10, 'first');
    const lostTwice = takeCustody(custody.note(10, 'beginning'), 10, 'second').note(10, 'beginning');
    expect(takeCustody(lostTwice, 10, 'third').isAlone(10)).toBe(true);
  });

  it.each(['', 'by somebody else', '7', '{"worker":1}', 'null'])('takes the note %j for none', (note) => {
    const custody = takeCustody(note, 10, 'next');
    expect(custody.isAlone(10)).toBe(false);
    expect(custody.deliveriesOf(10)).toBe(0);
  });

  it('hands nothing out that was settled behind the committed offset, and counts it', () => {
    // 10 is not settled, 11 and 12 are, 13 is not, 14 is.
    const note = takeCustody('', 10, 'first').note(10, 'released', [1, 2, 1, 1]);
    const { wasSettled } = takeCustody(note, 10, 'next');
    expect([9, 10, 11, 12, 13, 14, 15].filter(wasSettled)).toEqual([11, 12, 14]);
    expect(settledBehind(note, 0)).toBe(3);
    // 11 is deleted already.
    expect(settledBehind(note, 12)).toBe(2);
    expect(settledBehind('', 0)).toBe(0);
  });

  it('fits into what Kafka keeps beside an offset', () => {
    const custody = takeCustody('', 0, 'w'.repeat(36));
    for (let offset = 1e14; offset < 1e14 + 1000; offset += 1) custody.giveBack(offset, 1000);
    const runs = Array.from({ length: maxRuns }, () => 10_000);
    expect(custody.note(1e14, 'held', runs).length).toBeLessThan(4096);
  });
});
