import type { Cluster } from 'kafkajs';
import { rootOf } from '../kafka-errors.ts';

const groupCoordinator = 0;

/** kafkajs only says that it found no coordinator of a group, and keeps to itself what the broker said. */
export async function whyNoCoordinator(
  error: Error,
  cluster: Cluster | undefined,
  groupId: string,
): Promise<unknown> {
  if (error.name !== 'KafkaJSGroupCoordinatorNotFound' || !cluster) return error;
  try {
    await cluster.refreshMetadata();
    const broker: object = await cluster.findControllerBroker();
    if ('findGroupCoordinator' in broker && typeof broker.findGroupCoordinator === 'function')
      await broker.findGroupCoordinator({ groupId, coordinatorType: groupCoordinator });
    return error;
  } catch (reason) {
    return rootOf(reason).type === undefined ? error : reason;
  }
}
