import { setImmediate } from 'node:timers/promises';
import type { Guardrail } from '@aiwork/core';
import { SyncRedactor } from 'redact-pii';
import { interleave, median } from '../measure.ts';
import { packageVersions } from '../package-version.ts';
import { atMost, type Report, type Row, report } from '../report.ts';
import { harmlessText, hostileTexts, injections, tenChecks } from './checks.ts';

export interface GuardrailBench {
  readonly rounds: number;
  /** Checks of a text in one round. */
  readonly checks: number;
  readonly hostileChars: number;
}

const full: GuardrailBench = { rounds: 21, checks: 50, hostileChars: 2 ** 20 };

const ours = '@aiwork/guardrails, ten checks';
const peer = 'redact-pii, its built-in kinds';
const textChars = 2_048;
/** As a fast model writes: 100 tokens of four characters in a second. */
const token = { chars: 4, ms: 10 };

const notes = [
  'Ten checks: e-mail addresses, payment cards, bank accounts, 16 kinds of secrets, ticket numbers, phone numbers, 200 words, links, and two lengths, one after another on a text in which they find nothing. Times are those of the processor, as medians of the rounds.',
  'redact-pii looks for kinds of its own (names, addresses, numbers of cards, accounts and phones) with the regular expressions of JavaScript: another work, which shows of what order such checks are.',
  'How long the event loop is held is the most processor time that its thread spends between two turns of it, in the second of two checks of a text, each guardrail by itself; the longest is told. What runs in threads of its own holds nothing.',
  'A stream is the same text in pieces of four characters through all ten; its share is of the time of a model that writes 100 such tokens in a second.',
];

/** What checks of guardrails take. */
export async function benchGuardrails(bench: GuardrailBench = full, folder?: string): Promise<Report> {
  return report(
    'guardrails',
    packageVersions(['@aiwork/guardrails', 'redact-pii']),
    async () => {
      const { rows, targets } = await measureText(bench);
      const streamed = await measureStream(bench);
      const hostile = await measureHostile(bench);
      return {
        rows: [...rows, ...streamed.rows, ...hostile],
        targets: [...targets, ...streamed.targets],
        notes,
      };
    },
    folder,
  );
}

async function measureText({ rounds, checks }: GuardrailBench) {
  const work = `a text of ${textChars.toLocaleString('en')} characters`;
  const text = harmlessText(textChars);
  const redactor = new SyncRedactor();
  const subjects: readonly { readonly name: string; readonly check: () => Promise<void> | void }[] = [
    { name: ours, check: () => checkAll(tenChecks, text) },
    ...[...tenChecks, injections].map((guardrail) => ({
      name: guardrail.name,
      check: () => checkAll([guardrail], text),
    })),
    {
      name: peer,
      check() {
        redactor.redact(text);
      },
    },
  ];
  const measured = await interleave(rounds, subjects, async ({ check }) => {
    const start = process.cpuUsage();
    for (let n = 0; n < checks; n += 1) await check();
    return millisecondsSince(start) / checks;
  });
  const values = measured.map((times) => median(times));
  const rows = subjects.map(
    ({ name }, i): Row => ({
      work,
      subject: name,
      metric: 'processor time',
      value: (values[i] ?? 0) * 1_000,
      unit: 'µs',
    }),
  );
  return { rows, targets: [atMost(work, 'ten checks', values[0] ?? Number.NaN, 0.2, 'ms')] };
}

async function measureStream({ rounds }: GuardrailBench) {
  const work = 'a stream';
  const pieces = harmlessText(textChars).match(new RegExp(`.{1,${token.chars}}`, 'gs')) ?? [];
  const { signal } = new AbortController();
  const [times = []] = await interleave(rounds, [ours], async () => {
    const streams = tenChecks.flatMap(({ streaming }) => streaming?.begin({ signal }) ?? []);
    const start = process.cpuUsage();
    for (const piece of pieces) streams.reduce((left, stream) => stream.push(left), piece);
    return millisecondsSince(start) / pieces.length;
  });
  const ms = median(times);
  const row: Row = {
    work,
    subject: ours,
    metric: 'processor time of a token',
    value: ms * 1_000,
    unit: 'µs',
  };
  return {
    rows: [row],
    targets: [atMost(work, 'share of the time of a token', (ms / token.ms) * 100, 5, '%')],
  };
}

async function measureHostile({ hostileChars }: GuardrailBench): Promise<readonly Row[]> {
  const guardrails = [...tenChecks, injections];
  const rows: Row[] = [];
  for (const [what, whole] of hostileTexts) {
    const text = whole.slice(0, hostileChars);
    const row = { work: '1 MiB of', subject: what, unit: 'ms' };
    const start = process.cpuUsage();
    await checkAll(guardrails, text);
    rows.push({ ...row, metric: 'ten checks and signs of injection', value: millisecondsSince(start) });
    const holds: number[] = [];
    for (const guardrail of guardrails) holds.push(await longestHold(() => checkAll([guardrail], text)));
    rows.push({ ...row, metric: 'longest hold of the event loop', value: Math.max(...holds) });
  }
  return rows;
}

/** The most processor time, in milliseconds, that this thread spends between two turns of its event loop while it works. */
async function longestHold(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let before = process.threadCpuUsage();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      await setImmediate();
      const { user, system } = process.threadCpuUsage(before);
      longest = Math.max(longest, (user + system) / 1_000);
      before = process.threadCpuUsage();
    }
  })();
  await work();
  isOver = true;
  await watching;
  return longest;
}

/** Of the processor, so that what else the machine does counts little. */
function millisecondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}

async function checkAll(guardrails: readonly Guardrail[], text: string): Promise<void> {
  const { signal } = new AbortController();
  for (const guardrail of guardrails) await guardrail.check({ text, final: true }, { signal });
}
