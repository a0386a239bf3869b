import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AiworkError, type DeadLetterQuery, type Page } from '@aiwork/core';
import { checkSignal, invalidArgument } from '@aiwork/core/adapter-kit';
import { bounded } from './bounded.ts';
import type { KafkaDriver, StoredRecord } from './driver/driver.ts';
import { checkName } from './job-record.ts';
import type { KafkaParts } from './kafka-parts.ts';
import { isLetterId, type Letter, toLetter, withoutDeath } from './letter.ts';
import { bytesOf } from './producing/outbox.ts';
import { createRedrivenLetters, redrivenMark } from './redriven-letters.ts';
import type { Topics } from './topics.ts';

/** What groups gave up. Letters are named by their offsets; which of them were put back is kept in a topic beside theirs. */
export interface LetterBox {
  /** Of those that nobody put back, in their order, those that `read` makes something of. */
  list<T>(
    queue: string,
    group: string,
    query: DeadLetterQuery,
    read: (letter: Letter) => T | undefined | Promise<T | undefined>,
  ): Promise<Page<T>>;
  /** Gives how many. */
  putBack(
    queue: string,
    group: string,
    ids: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<number>;
  count(queue: string, group: string, signal: AbortSignal): Promise<number>;
}

/** How many letters are read at once, at least: each reading asks several things of Kafka. */
const readAtLeast = 100;
/** What is put back in one transaction: a broker takes no batch of more than about a megabyte. */
const transactionBytes = 800_000;
/** How long who was refused waits at most before it tries again; twice as long the next time. */
const firstPauseMs = 250;

/** What it uses of its surroundings. */
export interface LetterBoxParts extends Pick<KafkaParts, 'where' | 'settings' | 'names'> {
  readonly driver: Pick<KafkaDriver, 'rangesOf' | 'read' | 'inTransaction' | 'isWorthRepeating'>;
  readonly topics: Pick<Topics, 'require' | 'has'>;
}

export function createLetterBox(parts: LetterBoxParts): LetterBox {
  const { where, settings, driver, names, topics } = parts;
  const redriven = createRedrivenLetters(driver, rangeOf);

  /** What lies in the only partition of a topic, which may be missing. */
  async function rangeOf(topic: string) {
    const [range] = (await topics.has(topic)) ? await driver.rangesOf(topic) : [];
    return range ?? { low: 0, high: 0 };
  }

  const question = (what: string, signal: AbortSignal | undefined) => ({
    where,
    what,
    timeoutMs: settings.callTimeoutMs,
    signal,
  });

  /** The letters from an offset on that nobody put back, a few at a time. */
  async function* lettersFrom(
    queue: string,
    group: string,
    from: number,
    atOnce: number,
    signal?: AbortSignal,
  ) {
    const topic = names.deadLettersOf(queue, group);
    const asked = question(`list the dead letters of queue ${queue}`, signal);
    const [{ low, high }, gone] = await bounded(asked, (over) =>
      Promise.all([rangeOf(topic), redriven.callsByOffset(names.redrivenOf(queue, group), over)]),
    );
    for (let next = Math.max(low, from); next < high; next += atOnce) {
      const upTo = Math.min(high, next + atOnce);
      const records = await bounded(asked, (over) => driver.read({ topic, from: next, upTo, signal: over }));
      yield* records.filter(({ offset }) => !gone.has(offset)).map(toLetter);
    }
  }

  return {
    async list(queue, group, { cursor = '0', limit = 100, signal }, read) {
      checkNames(queue, group);
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
        throw invalidArgument(`limit is ${limit}: give a whole number from 1 to 1000`);
      if (!isLetterId(cursor))
        throw invalidArgument(`cursor is ${JSON.stringify(cursor)}: give one of a page before`);
      const atOnce = Math.max(readAtLeast, limit + 1);
      const items = [];
      for await (const letter of lettersFrom(queue, group, Number(cursor), atOnce, signal)) {
        const item = await read(letter);
        if (item === undefined) continue;
        if (items.length === limit) return { items, cursor: letter.id };
        items.push(item);
      }
      return { items };
    },

    async putBack(queue, group, ids, signal) {
      checkNames(queue, group);
      const wanted = new Set(ids.filter(isLetterId).map(Number));
      if (wanted.size === 0) return 0;
      const call = randomBytes(9).toString('base64url');
      let count = 0;
      for await (const letters of named(queue, group, wanted, signal)) {
        if (count === 0) await topics.require([names.redrivenOf(queue, group)], 'letters', signal);
        try {
          checkSignal(signal);
          count += await putBack({ queue, group, call }, letters);
        } catch (error) {
          throw count === 0 ? error : afterSome(error, count);
        }
      }
      return count;
    },

    async count(queue, group, signal) {
      const { low, high } = await rangeOf(names.deadLettersOf(queue, group));
      if (low === high) return 0;
      const gone = await redriven.callsByOffset(names.redrivenOf(queue, group), signal);
      return high - low - [...gone.keys()].filter((offset) => offset >= low).length;
    },
  };
  /** The letters of these offsets, in pieces of what one transaction takes. */
  async function* named(
    queue: string,
    group: string,
    wanted: ReadonlySet<number>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<readonly StoredRecord[]> {
    const topic = names.deadLettersOf(queue, group);
    const asked = question(`read the dead letters of queue ${queue}`, signal);
    const { low, high } = await bounded(asked, () => rangeOf(topic));
    for (const { from, upTo } of spansOf(wanted, low, high)) {
      const records = await bounded(asked, (over) => driver.read({ topic, from, upTo, signal: over }));
      yield* piecesOf(records.filter(({ offset }) => wanted.has(offset)));
    }
  }

  /**
   * Letters, and that they were put back, are stored together, and by one at a time. So it can be done again after an
   * attempt of which nobody knows: what that one stored is found, and counts.
   */
  async function putBack(
    { queue, group, call }: { readonly queue: string; readonly group: string; readonly call: string },
    letters: readonly StoredRecord[],
  ): Promise<number> {
    const [topic, redrivenTopic] = [names.tasksOf(queue), names.redrivenOf(queue, group)];
    const deadline = performance.now() + settings.callTimeoutMs;
    const what = `put back dead letters of queue ${queue}`;
    for (let mostMs = firstPauseMs; ; mostMs *= 2) {
      let own = 0;
      try {
        await bounded({ ...question(what, undefined), outcome: 'unknown' }, (over) =>
          driver.inTransaction(redrivenTopic, async () => {
            const gone = await redriven.callsByOffset(redrivenTopic, over);
            const left = letters.filter(({ offset }) => !gone.has(offset));
            own = left.length + letters.filter(({ offset }) => gone.get(offset) === call).length;
            return left.flatMap((letter) => [
              { ...withoutDeath(letter, group), topic },
              redrivenMark(redrivenTopic, { offset: letter.offset, call }),
            ]);
          }),
        );
        return own;
      } catch (error) {
        if (!driver.isWorthRepeating(error) || performance.now() > deadline) throw error;
        // The slower a transaction is, the longer the others have to leave it alone.
        await delay(Math.random() * mostMs);
      }
    }
  }
}

function checkNames(queue: string, group: string): void {
  checkName(queue, 'the queue');
  checkName(group, 'the group');
}

/** Ranges that hold all of these offsets, none much longer than what is read at once. */
function spansOf(offsets: ReadonlySet<number>, low: number, high: number) {
  const spans: { from: number; upTo: number }[] = [];
  for (const offset of [...offsets].sort((a, b) => a - b)) {
    if (offset < low || offset >= high) continue;
    const last = spans.at(-1);
    if (last && offset - last.from < readAtLeast) last.upTo = offset + 1;
    else spans.push({ from: offset, upTo: offset + 1 });
  }
  return spans;
}

function* piecesOf(letters: readonly StoredRecord[]): Generator<readonly StoredRecord[]> {
  let piece: StoredRecord[] = [];
  let bytes = 0;
  for (const letter of letters) {
    const more = bytesOf([{ ...letter, topic: '' }]);
    if (piece.length > 0 && bytes + more > transactionBytes) {
      yield piece;
      piece = [];
      bytes = 0;
    }
    piece.push(letter);
    bytes += more;
  }
  if (piece.length > 0) yield piece;
}

function afterSome(error: unknown, count: number): AiworkError {
  const { code, message, retryable } = AiworkError.isInstance(error)
    ? error
    : new AiworkError('AIWORK_QUEUE_FAILED', String(error));
  return new AiworkError(code, `${message}; ${count} dead letters were put back before`, {
    cause: error,
    retryable,
    outcome: 'unknown',
  });
}
