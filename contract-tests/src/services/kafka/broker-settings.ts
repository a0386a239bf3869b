import type { Address } from '../../engine/address.ts';

/** Where a broker listens, and what it tells those who come there to come to. */
export interface Listener {
  readonly name: string;
  readonly protocol: 'PLAINTEXT' | 'SASL_SSL';
  /** Inside the container. */
  readonly port: number;
  readonly advertised: Address;
}

export interface Broker {
  /** From 1 on. */
  readonly node: number;
  /** How many nodes there are; each is a controller too. */
  readonly nodes: number;
  /** Its own, for clients. */
  readonly listeners: readonly Listener[];
}

/** What verdicts depend on: how many copies there are. They are acknowledged before they are on a disk. */
export function reportedOf(nodes: number): Readonly<Record<string, string>> {
  return {
    'default.replication.factor': `${nodes}`,
    'min.insync.replicas': `${leastInSync(nodes)}`,
    'log.flush.interval.messages': 'unset',
  };
}

export const hostPort = ({ host, port }: Address) => `${host}:${port}`;

const leastInSync = (nodes: number) => (nodes === 1 ? 1 : nodes - 1);
/**
 * A broker that is not heard of for so long loses all partitions: a busy machine has that done to one that is well. One that
 * was killed is waited for as long before it may come back, and others wait as long to take over: by default 9 s.
 */
const brokerSessionMs = (nodes: number) => (nodes === 1 ? 6000 : 3000);
/** All nodes are in one network. */
const brokerPort = (node: number) => 9000 + 100 * node + 4;
const controllerPort = (node: number) => 9000 + 100 * node + 5;

/** The settings of a broker, in the names that the public image takes from the environment. */
export function brokerSettings({ node, nodes, listeners }: Broker): Record<string, string> {
  const voters = Array.from({ length: nodes }, (_, index) => index + 1);
  // Brokers talk to each other too, and to themselves; the addresses of clients may lead nowhere from inside.
  const port = brokerPort(node);
  const advertised = { host: 'localhost', port };
  const among: Listener = { name: 'BROKER', protocol: 'PLAINTEXT', port, advertised };
  const all = [...listeners, among];
  const copies = `${nodes}`;
  const inSync = `${leastInSync(nodes)}`;
  return {
    KAFKA_NODE_ID: `${node}`,
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: voters.map((id) => `${id}@localhost:${controllerPort(id)}`).join(),
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_INTER_BROKER_LISTENER_NAME: among.name,
    KAFKA_LISTENERS: [
      ...listeners.map(({ name, port }) => `${name}://0.0.0.0:${port}`),
      `${among.name}://localhost:${among.port}`,
      `CONTROLLER://localhost:${controllerPort(node)}`,
    ].join(),
    KAFKA_ADVERTISED_LISTENERS: all.map(({ name, advertised }) => `${name}://${hostPort(advertised)}`).join(),
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: [
      ...all.map(({ name, protocol }) => `${name}:${protocol}`),
      'CONTROLLER:PLAINTEXT',
    ].join(),
    KAFKA_DEFAULT_REPLICATION_FACTOR: copies,
    KAFKA_MIN_INSYNC_REPLICAS: inSync,
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: copies,
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: copies,
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: inSync,
    KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: copies,
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: inSync,
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    // By default no consumer is missed within 6 s.
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: '1000',
    KAFKA_BROKER_SESSION_TIMEOUT_MS: `${brokerSessionMs(nodes)}`,
    // A broker serves clients at the first one after it has caught up. By default they come every 2 s.
    KAFKA_BROKER_HEARTBEAT_INTERVAL_MS: '300',
  };
}
