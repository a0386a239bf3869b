import type { Job } from '@aiwork/core';
import type { Anomaly, AnomalyKind, Declaration, HistoryEvent } from './history.ts';

/** A job that somebody began to enqueue. */
interface Enqueued {
  readonly job: Job;
  readonly call: number;
  /** Those of its queue and key that came before it and it itself. */
  readonly line: readonly Enqueued[];
  readonly place: number;
  /** Groups that have to be handed it. */
  readonly owed: Set<string>;
  /** Groups that were. */
  readonly handedTo: Set<string>;
}

/** A job as one group sees it. */
interface Fate {
  deliveries: number;
  /** `unsure`: its handler ended when its lease may have run out. */
  state: 'held' | 'settled' | 'given-back' | 'lost' | 'unsure';
  delivery: number;
  heldUntil: number;
  /** What had been disturbed when this was last known. */
  disturbances: number;
  /** Put back from the dead letters, behind all others. */
  redriven: boolean;
}

/** What is known of a group of a queue. */
interface Group {
  readonly fates: Map<string, Fate>;
  /** How many jobs of each line are done from its beginning. */
  readonly done: Map<readonly Enqueued[], number>;
}

const nameOf = (queue: string, part: string) => JSON.stringify([queue, part]);

/**
 * Everything that is wrong with a history, in time linear in its length. Ids have to differ within a queue, and whoever
 * enqueues jobs of one key has to wait for each call. The history has to be over: nothing is at work any more that was
 * not given up.
 */
export function checkHistory(
  history: readonly HistoryEvent[],
  declared: Declaration,
  endedAt: number,
): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const enqueued = new Map<string, Enqueued>();
  const outcomes = new Map<number, 'applied' | 'not-applied' | 'unknown'>();
  const byQueue = new Map<string, Enqueued[]>();
  const lines = new Map<string, Enqueued[]>();
  const groups = new Map<string, Group>();
  /** The groups of a queue that are handed all that comes. */
  const knownGroups = new Map<string, Set<string>>();
  const deliveries = new Map<number, { readonly job: Job; readonly group: string }>();
  // A lease began a little before its delivery was seen.
  const slackMs = Number.isFinite(declared.leaseMs) ? declared.leaseMs / 4 : 0;
  let disturbances = 0;

  function report(kind: AnomalyKind, { id }: Pick<Job, 'id'>, group: string, detail: string): void {
    anomalies.push({ kind, job: id, group, detail });
  }

  function groupOf(queue: string, name: string): Group {
    const id = nameOf(queue, name);
    const group = groups.get(id) ?? { fates: new Map(), done: new Map() };
    groups.set(id, group);
    return group;
  }

  const isGivenUp = ({ state, deliveries: count }: Fate) =>
    (state === 'given-back' || state === 'lost') && count >= declared.maxDeliveries;

  function enqueue(call: number, jobs: readonly Job[]): void {
    for (const job of jobs) {
      const lineName = nameOf(job.queue, job.key ?? '');
      const line = (job.key === undefined ? undefined : lines.get(lineName)) ?? [];
      if (job.key !== undefined) lines.set(lineName, line);
      const owed = new Set(knownGroups.get(job.queue));
      const entry = { job, call, line, place: line.length, owed, handedTo: new Set<string>() };
      line.push(entry);
      const queue = byQueue.get(job.queue) ?? [];
      queue.push(entry);
      byQueue.set(job.queue, queue);
      enqueued.set(nameOf(job.queue, job.id), entry);
    }
  }

  /** The first group of a queue owns what came before it, too. */
  function know(queue: string, group: string): void {
    const known = knownGroups.get(queue) ?? new Set();
    knownGroups.set(queue, known.add(group));
  }

  function consume(queue: string, group: string): void {
    if (knownGroups.has(queue)) return;
    know(queue, group);
    for (const { owed } of byQueue.get(queue) ?? []) owed.add(group);
  }

  function deliver(delivery: number, group: string, job: Job, at: number): void {
    deliveries.set(delivery, { job, group });
    const { id, queue } = job;
    const entry = enqueued.get(nameOf(queue, id));
    if (!entry) return report('phantom', job, group, 'nobody enqueued it');
    entry.handedTo.add(group);
    know(queue, group);
    const { notBefore = 0 } = entry.job;
    if (at < notBefore - declared.granularityMs) {
      report('early', job, group, `handed out ${notBefore - at} ms before its time`);
    }
    const { fates, done } = groupOf(queue, group);
    const fate = fates.get(id);
    if (fate && fate.disturbances === disturbances) judgeAgain(fate, job, group, at);
    if (declared.ordering === 'per-key' && !fate?.redriven) judgeOrder(entry, { fates, done }, group);
    fates.set(id, {
      deliveries: (fate?.deliveries ?? 0) + 1,
      state: 'held',
      delivery,
      heldUntil: at + declared.leaseMs,
      disturbances,
      redriven: fate?.redriven ?? false,
    });
  }

  function judgeAgain(fate: Fate, job: Job, group: string, at: number): void {
    if (fate.state === 'settled') report('settled-again', job, group, 'handed out after it was settled');
    const held = fate.state === 'held' && at < fate.heldUntil - slackMs;
    if (held) report('shared', job, group, 'handed to a second handler while the first held it');
    if (fate.deliveries >= declared.maxDeliveries) {
      report('duplicated', job, group, `handed out ${fate.deliveries + 1} times`);
    }
  }

  function judgeOrder({ line, place, job }: Enqueued, { fates, done }: Group, group: string): void {
    const isDone = ({ job: { id }, call, owed }: Enqueued) => {
      const fate = fates.get(id);
      if (fate) return fate.state === 'settled' || fate.redriven || isGivenUp(fate);
      return !owed.has(group) || (outcomes.get(call) ?? 'applied') !== 'applied';
    };
    let first = done.get(line) ?? 0;
    while (first < place && isDone(line[first] as Enqueued)) first += 1;
    done.set(line, first);
    if (first >= place) return;
    const earlier = line[first]?.job.id;
    report('reordered', job, group, `handed out before ${JSON.stringify(earlier)} of its key was done`);
  }

  function end(delivery: number, type: 'settle' | 'give-back' | 'lost' | 'heartbeat', at: number): void {
    const of = deliveries.get(delivery);
    const fate = of && groupOf(of.job.queue, of.group).fates.get(of.job.id);
    // Who had lost it, has no say any more.
    if (!of || fate?.delivery !== delivery || fate.state !== 'held') return;
    if (type === 'heartbeat') fate.heldUntil = at + declared.leaseMs;
    else if (type === 'lost') {
      // Told so before its lease was over, it has not lost it: whoever is handed the job then shares it.
      if (at >= fate.heldUntil - slackMs || fate.disturbances !== disturbances) fate.state = 'lost';
    } else if (at <= fate.heldUntil - slackMs) {
      fate.state = type === 'settle' ? 'settled' : 'given-back';
      fate.disturbances = disturbances;
    } else fate.state = 'unsure';
  }

  function redrive(queue: string, group: string, ids: readonly string[]): void {
    const { fates } = groupOf(queue, group);
    for (const id of ids) {
      const fate = fates.get(id);
      if (fate) fates.set(id, { ...fate, deliveries: 0, state: 'given-back', redriven: true });
    }
  }

  function judgeEnd({ job, call, owed, handedTo }: Enqueued): void {
    // It may be known only after its jobs were handed out.
    if (outcomes.get(call) === 'not-applied') {
      for (const group of handedTo)
        report('phantom', job, group, 'its enqueuing was said not to have happened');
    }
    if (outcomes.get(call) !== 'applied') return;
    for (const group of owed) {
      const fate = groupOf(job.queue, group).fates.get(job.id);
      if (!fate) report('lost', job, group, 'never handed out');
      else if (fate.state === 'given-back' && !isGivenUp(fate)) {
        report('lost', job, group, 'given back, and never handed out again');
      } else if (fate.state === 'held' || (fate.state === 'lost' && !isGivenUp(fate))) {
        if (fate.state === 'held' && endedAt <= fate.heldUntil) continue;
        report('stuck', job, group, 'its lease ran out, and nobody else was given it');
      }
    }
  }

  for (const event of history) {
    switch (event.type) {
      case 'enqueue':
        enqueue(event.call, event.jobs);
        break;
      case 'enqueued':
        outcomes.set(event.call, event.outcome);
        break;
      case 'consume':
        for (const queue of event.queues) consume(queue, event.group);
        if (declared.redelivers === 'rebalanced') disturbances += 1;
        break;
      case 'leave':
        if (declared.redelivers === 'rebalanced') disturbances += 1;
        break;
      case 'deliver':
        deliver(event.delivery, event.group, event.job, event.at);
        break;
      case 'redrive':
        redrive(event.queue, event.group, event.ids);
        break;
      case 'fault':
        disturbances += 1;
        break;
      default:
        end(event.delivery, event.type, event.at);
    }
  }
  for (const entry of enqueued.values()) judgeEnd(entry);
  return anomalies;
}
