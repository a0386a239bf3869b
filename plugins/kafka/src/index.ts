export type { DeadTask, DeadTasksQuery, RedriveTasks } from './dead-tasks.ts';
export { type KafkaTasks, kafkaTasks } from './kafka-tasks.ts';
export type { KafkaEvent, KafkaMetrics } from './observation.ts';
export type { Compression, KafkaConnectionOptions, KafkaOptions, TopicOptions } from './options.ts';
export type { ConsumeTasksOptions, ProduceOptions, TaskDelivery } from './payload-tasks.ts';
export { type KafkaPluginOptions, kafka } from './plugin.ts';
export type { Serializer } from './serializer.ts';
