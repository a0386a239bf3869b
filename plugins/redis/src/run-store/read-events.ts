import { AiworkError, type RunEvent } from '@aiwork/core';
import { corruptData } from '../redis-errors.ts';
import { defineScript } from '../script.ts';
import type { Ending, RunCalls } from './run-calls.ts';
import { parseJson } from './run-rows.ts';

/** Events are read in pages of about this size. */
const pageBytes = 1 << 20;

/**
 * KEYS: journal, state. ARGV: first number, last number or '' for the last there is, bytes after which a page ends.
 *
 * Gives the position of the run, the last number and the events of a page; nothing where there is no such run.
 */
const script = defineScript<readonly [position: string, last: number, ...events: string[]] | null>(
  'read the events of a run',
  {
    lostReply: 'repeat',
    lua: `
local position = redis.call('HGET', KEYS[2], 'position')
if not position then return nil end
local first, last, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not last then last = redis.call('LLEN', KEYS[1]) - 1 end
local page, bytes, count = { position, last }, 0, 16
while first <= last and bytes < most do
  local events = redis.call('LRANGE', KEYS[1], first, math.min(first + count - 1, last))
  if #events == 0 then break end
  for _, event in ipairs(events) do
    page[#page + 1] = event
    bytes = bytes + #event
  end
  first = first + #events
  if bytes < most / 4 then count = math.min(count * 2, 1024) end
end
return page
`,
  },
);

/** What reading pages goes by. */
export interface Reading {
  readonly runId: string;
  readonly position: string;
  /** The event that was last when reading began. */
  readonly last: number;
}

export interface EventPage {
  readonly reading: Reading;
  readonly events: readonly RunEvent[];
}

/** The first page of the events after `afterSeq`; `undefined` when there is no such run. */
export async function firstEvents(
  calls: RunCalls,
  runId: string,
  afterSeq: number,
  options: Ending,
): Promise<EventPage | undefined> {
  const page = await readPage(calls, runId, [afterSeq + 1, '', pageBytes], options);
  if (!page) return undefined;
  const [position, last, ...texts] = page;
  const reading = { runId, position, last };
  return { reading, events: toEvents(calls, reading, afterSeq, texts) };
}

/** @throws `AIWORK_RUN_NOT_FOUND` when the run was deleted since reading began. */
export async function moreEvents(
  calls: RunCalls,
  reading: Reading,
  afterSeq: number,
  options: Ending,
): Promise<readonly RunEvent[]> {
  const { runId, position, last } = reading;
  const page = await readPage(calls, runId, [afterSeq + 1, last, pageBytes], options);
  if (page?.[0] !== position) {
    throw new AiworkError(
      'AIWORK_RUN_NOT_FOUND',
      `run ${JSON.stringify(runId)} was deleted from ${calls.connection.where} while its events were read`,
    );
  }
  return toEvents(calls, reading, afterSeq, page.slice(2) as readonly string[]);
}

function readPage(
  { connection, keys }: RunCalls,
  runId: string,
  args: readonly (string | number)[],
  { signal }: Ending,
) {
  return connection.run(script, [keys.journal(runId), keys.state(runId)], args, { signal });
}

/** Events that come after `afterSeq`; the next one must be among them unless that was the last. */
function toEvents(
  { connection: { where } }: RunCalls,
  { runId, last }: Reading,
  afterSeq: number,
  texts: readonly string[],
): readonly RunEvent[] {
  const nameOf = (seq: number) => `event ${seq} of run ${JSON.stringify(runId)}`;
  if (texts.length === 0 && afterSeq < last) throw corruptData(where, `${nameOf(afterSeq + 1)} is missing`);
  return texts.map((text, index) => {
    const seq = afterSeq + 1 + index;
    const event = parseJson<RunEvent>(text, where, nameOf(seq));
    if (event.seq !== seq) throw corruptData(where, `${nameOf(seq)} is numbered ${event.seq}`);
    return event;
  });
}
