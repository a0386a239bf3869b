import type { RunningContainer } from '../containers/container.ts';
import type { ImageSource } from '../containers/image.ts';

export const kafkaImage: ImageSource = {
  folder: 'kafka',
  label: 'Kafka',
  image: 'apache/kafka:4.3.1',
  variable: 'AIWORK_KAFKA_IMAGE',
};

/** What the broker says it is. */
export async function versionOf(broker: RunningContainer): Promise<string> {
  return /Kafka version: (\S+)/.exec(await broker.log())?.[1] ?? 'unknown';
}
