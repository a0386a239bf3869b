import { describe, expect, it } from 'vitest';
import type { OutgoingRecord, StoredRecord } from './driver/driver.ts';
import { isWorthRepeating } from './driver/kafkajs-transaction.ts';
import { errorOf } from './kafka-server.fixture.ts';
import { createLetterBox, type LetterBoxParts } from './letter-box.ts';
import { settingsOf } from './options.ts';
import { topicNames } from './topic-names.ts';

const queue = 'mail';
const group = 'senders';
const names = topicNames('');
const dead = names.deadLettersOf(queue, group);
const redriven = names.redrivenOf(queue, group);

const refusal = (type: string) => Object.assign(new Error(type), { type });

/** How a transaction ends. */
type Ending = 'stored' | { readonly stored: boolean; readonly answer: Error };

/** Topics of one partition, in which three letters are dead. */
function boxWith(...endings: Ending[]) {
  const stored = new Map<string, StoredRecord[]>([[dead, []]]);
  function store({ topic, ...record }: OutgoingRecord): void {
    const lying = stored.get(topic) ?? [];
    stored.set(topic, lying);
    lying.push({ ...record, offset: lying.length, sentAt: 0 });
  }
  for (const to of ['ada', 'bob', 'cyd'])
    store({ topic: dead, key: undefined, value: Buffer.from(to), headers: {} });
  let transactions = 0;
  const driver: LetterBoxParts['driver'] = {
    rangesOf: async (topic) => [{ partition: 0, low: 0, high: stored.get(topic)?.length ?? 0 }],
    read: async ({ topic, from, upTo }) => (stored.get(topic) ?? []).slice(from, upTo),
    async inTransaction(_, prepare) {
      transactions += 1;
      const records = await prepare();
      const ending = endings.shift() ?? 'stored';
      if (ending === 'stored' || ending.stored) for (const record of records) store(record);
      if (ending !== 'stored') throw ending.answer;
    },
    isWorthRepeating,
  };
  const box = createLetterBox({
    where: 'Kafka',
    settings: settingsOf({}),
    driver,
    names,
    topics: { require: async () => {}, has: async () => true },
  });
  return {
    putBack: (...ids: string[]) => box.putBack(queue, group, ids, undefined),
    list: async () => (await box.list(queue, group, {}, ({ id }) => id)).items,
    tasks: () => (stored.get(names.tasksOf(queue)) ?? []).map(({ value }) => String(value)),
    marks: () => (stored.get(redriven) ?? []).map(({ value }) => String(value)),
    transactions: () => transactions,
  };
}

const unknown = refusal('UNKNOWN');

describe('letters that are put back', () => {
  it('are put back by another attempt where a broker had trouble of its own', async () => {
    const { putBack, tasks, list } = boxWith({ stored: false, answer: unknown });
    expect(await putBack('0', '1')).toBe(2);
    expect(tasks()).toEqual(['ada', 'bob']);
    expect(await list()).toEqual(['2']);
  });

  it('count once, and are stored once, where the broker that had trouble had stored them', async () => {
    const { putBack, tasks, marks } = boxWith({ stored: true, answer: unknown });
    expect(await putBack('0', '1')).toBe(2);
    expect([tasks(), marks()]).toEqual([
      ['ada', 'bob'],
      ['0', '1'],
    ]);
    expect(await putBack('0', '1', '2')).toBe(1);
  });

  it('are not put back again where that would be refused again', async () => {
    const denied = { stored: false, answer: refusal('TRANSACTIONAL_ID_AUTHORIZATION_FAILED') };
    const { putBack, tasks, transactions } = boxWith(denied);
    expect(await errorOf(putBack('0'))).toMatchObject({ code: 'AIWORK_QUEUE_FAILED', outcome: 'unknown' });
    expect(transactions()).toBe(1);
    expect(tasks()).toEqual([]);
  });
});
