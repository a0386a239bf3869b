import type { Address } from '../../engine/address.ts';
import type { ImageSource } from './image.ts';

/** What every container calls this machine. An engine on another machine means its own. */
export const thisMachine = 'host.docker.internal';

/** How a service runs in a container. */
export interface ContainerPlan {
  readonly image: ImageSource;
  /** The ports that it listens on inside; or whose network it shares, with all ports. */
  readonly ports: readonly [number, ...number[]] | SharedNetwork;
  /** Given where its ports will be reached, for services that tell their clients where to connect. */
  settings(addresses: Addresses): ContainerSettings;
  /** Resolves when the service answers at its first address, rejects while it does not. */
  probe(address: Address): Promise<unknown>;
  readonly startTimeoutMs: number;
  /** How long it may take to stop in order. */
  readonly stopTimeoutMs: number;
}

/** The network of another container. */
export interface SharedNetwork {
  readonly id: string;
  readonly addresses: Addresses;
}

/** One for each port, in their order. */
export type Addresses = readonly [Address, ...Address[]];

export interface ContainerSettings {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly mounts?: readonly Mount[];
}

/** A folder or file of this machine that a container may read. @since 0.1.0 */
export interface Mount {
  readonly source: string;
  /** Its path in the container. */
  readonly target: string;
}
