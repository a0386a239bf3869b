import { connect, type Socket } from 'node:net';
import type { Address } from '../engine/address.ts';
import type { Conditions, PlannedLoss } from './conditions.ts';
import { type Lane, openLane } from './lane.ts';

/** One connection of a client through a link. */
export interface Wire {
  /** Goes on under conditions that have changed. */
  move(): void;
  /** Ends it for both sides, with a reset. */
  reset(): void;
}

/** Leads an accepted connection on to `target`; while nothing passes, not even the connection is made. */
export function openWire(
  client: Socket,
  target: Address,
  conditions: Conditions,
  onClosed: () => void,
): Wire {
  let service: Socket | undefined;
  let lanes: readonly Lane[] = [];
  /** What was planned when the last request went out: an answer to an earlier one is not meant. */
  let asked: PlannedLoss | undefined;

  function reset(): void {
    for (const lane of lanes) lane.stop();
    for (const socket of [client, service]) {
      if (socket?.connecting) socket.destroy();
      else if (socket && !socket.destroyed) socket.resetAndDestroy();
    }
  }

  function answered(): boolean {
    const { loss } = conditions;
    const counts = loss !== undefined && asked === loss;
    asked = undefined;
    if (!counts) return true;
    if (loss.after > 0) {
      loss.after -= 1;
      return true;
    }
    loss.happened = true;
    conditions.loss = undefined;
    conditions.held ||= loss.hold;
    reset();
    return false;
  }

  function closed(): void {
    if (client.closed && (service?.closed ?? true)) onClosed();
  }

  function begin(): void {
    service = connect({ ...target, noDelay: true, allowHalfOpen: true });
    service.on('error', reset).on('close', closed);
    const sent = () => {
      asked = conditions.loss;
    };
    lanes = [
      openLane({ from: client, to: service, conditions, arrived: () => true, sent }),
      openLane({ from: service, to: client, conditions, arrived: answered, sent: () => {} }),
    ];
  }

  function move(): void {
    if (service) for (const lane of lanes) lane.move();
    else if (!conditions.held) begin();
  }

  client.on('error', reset).on('close', closed);
  move();
  return { move, reset };
}
