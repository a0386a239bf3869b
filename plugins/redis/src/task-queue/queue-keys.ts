import type { Keyspace } from '../keyspace.ts';

/** The keys of one namespace's queues. They share a hash tag, since jobs of several queues are enqueued at once. */
export interface QueueKeys {
  /** Names the groups of a queue, in the order in which they came, with commas between. */
  groups(queue: string): string;
  /** The number of the last job of a queue. */
  positions(queue: string): string;
  /**
   * What a group has of a queue; `''` stands for the first group while there is none yet.
   *
   * - `jobs`: the JSON of each job by its position, until it is settled or dead.
   * - `tries`: how often each was handed out, and by which request last.
   * - `lines`: the last position of each key, and after each position the next of its key.
   * - `ready`, `delayed`, `held`: positions by priority, by when they may go, and by when their leases end. A job that
   *   waits for another one of its key is in none of them.
   * - `dead`, `letters`: dead letters by their number, and what is in them.
   */
  group(queue: string, group: string): readonly string[];
  /** Exists for as long as a request to enqueue may be sent again. */
  request(token: string): string;
}

const parts = ['jobs', 'tries', 'lines', 'ready', 'delayed', 'held', 'dead', 'letters'];

export function queueKeys({ together }: Keyspace): QueueKeys {
  const name = (queue: string, part: string) => `${together}queue:${queue}:${part}`;
  return {
    groups: (queue) => name(queue, 'groups'),
    positions: (queue) => name(queue, 'positions'),
    group: (queue, group) => parts.map((part) => name(queue, `group:${group}:${part}`)),
    request: (token) => `${together}queue-request:${token}`,
  };
}
