import { setTimeout as delay } from 'node:timers/promises';
import type { Admin, Kafka } from 'kafkajs';
import { isLasting } from '../kafka-errors.ts';
import { shortRetry } from './kafkajs-client.ts';

/** Asks what is no matter of tasks. */
export interface KafkajsAdmin {
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

interface Line {
  readonly admin: Promise<Admin>;
  readonly asking: Set<Promise<unknown>>;
}

const maxAttempts = 4;

/**
 * One connection for all questions. After one failed, others are asked over a new one: what was idle for long may have been
 * closed by the broker, leaders change, and kafkajs goes on asking for every topic it was ever asked about, also for those
 * that were deleted. Those that are being asked are not disturbed.
 */
export function createKafkajsAdmin(client: Kafka): KafkajsAdmin {
  const lines = new Set<Line>();
  let line: Line | undefined;

  async function connect(): Promise<Admin> {
    const admin = client.admin({ retry: shortRetry });
    await admin.connect();
    return admin;
  }

  function open(): Line {
    const opened = { admin: connect(), asking: new Set<Promise<unknown>>() };
    lines.add(opened);
    return opened;
  }

  async function hangUp(last: Line): Promise<void> {
    lines.delete(last);
    await last.admin.then((admin) => admin.disconnect()).catch(() => {});
  }

  function replace(last: Line): void {
    if (line !== last) return;
    line = undefined;
    void Promise.allSettled(last.asking).then(() => hangUp(last));
  }

  async function askOver<T>(current: Line, question: (admin: Admin) => Promise<T>): Promise<T> {
    const answer = question(await current.admin);
    current.asking.add(answer);
    try {
      return await answer;
    } finally {
      current.asking.delete(answer);
    }
  }

  return {
    async ask(question) {
      for (let attempt = 1; ; attempt += 1) {
        line ??= open();
        const current = line;
        try {
          // kafkajs tries to connect as often as it makes sense.
          await current.admin;
        } catch (error) {
          replace(current);
          throw error;
        }
        try {
          return await askOver(current, question);
        } catch (error) {
          replace(current);
          if ((isLasting(error) && attempt > 1) || attempt === maxAttempts) throw error;
        }
        await delay(50 * attempt);
      }
    },
    async close() {
      line = undefined;
      await Promise.all(Array.from(lines, hangUp));
    },
  };
}
