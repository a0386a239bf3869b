/**
 * Real services for the checks, in containers that start when a check needs them and end with the run.
 *
 * | variable | what it does |
 * | --- | --- |
 * | `AIWORK_REDIS_URL` | uses this server; it is never restarted, killed or emptied |
 * | `AIWORK_REDIS_IMAGE` | uses this image instead of `redis:7-alpine`, such as `valkey/valkey:8-alpine` |
 * | `AIWORK_POSTGRES_URL` | uses this server; it is never restarted, killed or emptied |
 * | `AIWORK_POSTGRES_IMAGE` | uses this image instead of `postgres:17-alpine` |
 * | `AIWORK_PGVECTOR_IMAGE` | uses this image instead of `pgvector/pgvector:0.8.1-pg17` |
 * | `AIWORK_KAFKA_BROKERS` | uses these brokers, `host:port` with commas between; they are never restarted, killed or emptied |
 * | `AIWORK_KAFKA_IMAGE` | uses this image instead of `apache/kafka:4.3.1`, also for the cluster and the secured broker |
 * | `AIWORK_SCHEMA_REGISTRY_URL` | uses this registry, where the API of Confluent's begins; it is never restarted or killed |
 * | `AIWORK_SCHEMA_REGISTRY_IMAGE` | uses this image instead of `apicurio/apicurio-registry-mem:2.6.13.Final` |
 * | `AIWORK_AIRFLOW_URL` | uses this server, `https://user:password@host`; it is never restarted, killed or changed |
 * | `AIWORK_AIRFLOW_2_IMAGE`, `AIWORK_AIRFLOW_3_IMAGE` | uses this image instead of building one: from the same folder, since there is a PostgreSQL in it |
 * | `AIWORK_OTEL_COLLECTOR_IMAGE` | uses this image instead of `otel/opentelemetry-collector:0.156.0` |
 * | `AIWORK_PROMETHEUS_IMAGE` | uses this image instead of `prom/prometheus:v2.53.5` |
 * | `AIWORK_ALERTMANAGER_IMAGE` | uses this image instead of `prom/alertmanager:v0.27.0` |
 * | `AIWORK_S3_URL` | uses this server, `https://user:secret@host/bucket`, of the region `AWS_REGION`; it is never restarted, killed or emptied |
 * | `AIWORK_S3_IMAGE` | uses this image instead of `versity/versitygw:v1.8.0` |
 * | `AIWORK_INSTALL_ENGINE` | `0` never installs or starts a container engine |
 * | `DOCKER_HOST` | the container engine to use |
 * | `TESTCONTAINERS_RYUK_DISABLED` | `true` never uses Ryuk to clean up: a small process of this package does |
 *
 * @module
 */
export type { Address } from '../engine/address.ts';
export {
  type HeldService,
  type Service,
  type ServiceFacts,
  type ServiceSource,
  ServiceUnavailable,
} from '../engine/service.ts';
export type * from '../otlp/received.ts';
export {
  type AirflowService,
  type AirflowServiceOptions,
  airflowService,
} from './airflow/airflow-service.ts';
export {
  type AlertmanagerService,
  type AlertmanagerServiceOptions,
  alertmanagerService,
} from './alertmanager/alertmanager-service.ts';
export { ensureContainerEngine } from './containers/container-engine.ts';
export type { Mount } from './containers/container-plan.ts';
export type { ServiceOptions } from './containers/progress.ts';
export {
  type KafkaClusterService,
  type KafkaMember,
  kafkaClusterService,
} from './kafka/kafka-cluster-service.ts';
export { type KafkaService, kafkaService } from './kafka/kafka-service.ts';
export {
  type KafkaUser,
  type SecuredKafkaService,
  securedKafkaService,
} from './kafka/secured-kafka-service.ts';
export {
  type OtelCollectorService,
  otelCollectorService,
} from './otel-collector/otel-collector-service.ts';
export {
  type PostgresService,
  type PostgresServiceOptions,
  postgresService,
} from './postgres/postgres-service.ts';
export {
  type PrometheusService,
  type PrometheusServiceOptions,
  prometheusService,
} from './prometheus/prometheus-service.ts';
export { type RedisClusterService, redisClusterService } from './redis/redis-cluster-service.ts';
export { type RedisService, type RedisServiceOptions, redisService } from './redis/redis-service.ts';
export { type S3Service, type S3ServiceOptions, s3Service } from './s3/s3-service.ts';
export {
  type SchemaRegistryService,
  schemaRegistryService,
} from './schema-registry/schema-registry-service.ts';
