import type { Address } from '../../engine/address.ts';

export const clientPort = 9092;
export const linkedPort = 9093;

/** What verdicts depend on: there is one copy, and it is acknowledged before it is on the disk. */
export const reported: Readonly<Record<string, string>> = {
  'default.replication.factor': '1',
  'min.insync.replicas': '1',
  'log.flush.interval.messages': 'unset',
};

/** The settings of a single broker, in the names that the public image takes from the environment. */
export function brokerSettings(clients: Address, linked: Address): Record<string, string> {
  return {
    KAFKA_NODE_ID: '1',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9095',
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    // The broker talks to itself too, for transactions; the addresses of clients may lead nowhere from inside.
    KAFKA_INTER_BROKER_LISTENER_NAME: 'BROKER',
    KAFKA_LISTENERS: `CLIENTS://0.0.0.0:${clientPort},LINKED://0.0.0.0:${linkedPort},BROKER://localhost:9094,CONTROLLER://localhost:9095`,
    KAFKA_ADVERTISED_LISTENERS: `CLIENTS://${clients.host}:${clients.port},LINKED://${linked.host}:${linked.port},BROKER://localhost:9094`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP:
      'CLIENTS:PLAINTEXT,LINKED:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    KAFKA_DEFAULT_REPLICATION_FACTOR: '1',
    KAFKA_MIN_INSYNC_REPLICAS: '1',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    // By default a killed broker is waited for 9 s before it may come back.
    KAFKA_BROKER_SESSION_TIMEOUT_MS: '1500',
    KAFKA_BROKER_HEARTBEAT_INTERVAL_MS: '300',
  };
}
