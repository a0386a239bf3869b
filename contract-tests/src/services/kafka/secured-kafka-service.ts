import { randomUUID } from 'node:crypto';
import { connect } from 'node:tls';
import type { Address } from '../../engine/address.ts';
import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { startContainer } from '../containers/container.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { brokerSettings, hostPort, reportedOf } from './broker-settings.ts';
import { greetKafka } from './greet-kafka.ts';
import { kafkaImage, versionOf } from './kafka-image.ts';

/** @since 0.1.0 */
export interface SecuredKafkaService extends Service {
  /** `host:port` of the broker. */
  readonly brokers: readonly string[];
  /** What a client has to trust, in PEM: made when the service started, for its address. */
  readonly certificate: string;
  /** May do anything. */
  readonly admin: KafkaUser;
  /** May do what an ACL allows, and there is none to begin with. */
  readonly guest: KafkaUser;
}

/** Logs in by SASL PLAIN. @since 0.1.0 */
export interface KafkaUser {
  readonly username: string;
  /** Made when the service started. */
  readonly password: string;
}

const clientPort = 9092;
const keys = '/tmp/keys';

/**
 * Kafka, one broker that takes clients by TLS alone, who log in by SASL PLAIN and do what ACLs allow.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { securedKafkaService } from '@aiwork/contract-tests/services';
 *
 * await using held = await securedKafkaService().hold();
 * const { brokers, certificate, guest } = held.service;
 * console.log(brokers, certificate, guest.username);
 * ```
 * @since 0.1.0
 */
export function securedKafkaService(options: ServiceOptions = {}): ServiceSource<SecuredKafkaService> {
  return serviceSource('secured kafka', () => startSecured(options));
}

async function startSecured({ progress = toStderr }: ServiceOptions): Promise<SecuredKafkaService> {
  const [admin, guest] = [userNamed('admin'), userNamed('guest')] as const;
  const storePassword = randomUUID();
  const container = await startContainer(
    {
      image: kafkaImage,
      ports: [clientPort],
      settings: ([address]) => ({
        // Where this image and the public one have the program that reads the environment.
        command: ['bash', '-c', `${makeKeys(address, storePassword)} && exec bash /etc/kafka/docker/run`],
        environment: {
          ...brokerSettings({
            node: 1,
            nodes: 1,
            listeners: [{ name: 'SECURED', protocol: 'SASL_SSL', port: clientPort, advertised: address }],
          }),
          KAFKA_SASL_ENABLED_MECHANISMS: 'PLAIN',
          KAFKA_LISTENER_NAME_SECURED_PLAIN_SASL_JAAS_CONFIG: loginsOf([admin, guest]),
          KAFKA_SSL_KEYSTORE_TYPE: 'PKCS12',
          KAFKA_SSL_KEYSTORE_LOCATION: `${keys}/broker.p12`,
          KAFKA_SSL_KEYSTORE_PASSWORD: storePassword,
          KAFKA_AUTHORIZER_CLASS_NAME: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
          // The broker and its controller come to themselves, where nobody logs in.
          KAFKA_SUPER_USERS: `User:${admin.username};User:ANONYMOUS`,
        },
      }),
      probe: (address) => greetKafka(address, openTrusting),
      startTimeoutMs: 60_000,
      stopTimeoutMs: 30_000,
    },
    progress,
  );
  const { image, addresses, restart, kill, close } = container;
  const [address] = addresses;
  const settings = { ...reportedOf(1), 'sasl.enabled.mechanisms': 'PLAIN' };
  return {
    facts: { name: 'secured kafka', version: await versionOf(container), image, settings },
    address,
    brokers: [hostPort(address)],
    certificate: await container.run(['cat', `${keys}/broker.pem`]),
    admin,
    guest,
    restart,
    kill,
    close,
  };
}

const userNamed = (username: string): KafkaUser => ({ username, password: randomUUID() });

function loginsOf(users: readonly KafkaUser[]): string {
  const logins = users.map(({ username, password }) => `user_${username}="${password}"`).join(' ');
  return `org.apache.kafka.common.security.plain.PlainLoginModule required ${logins};`;
}

/** A key and a certificate that it signs itself, made once: they are the same after a restart. */
function makeKeys({ host }: Address, password: string): string {
  const store = `-keystore ${keys}/broker.p12 -storepass ${password} -alias broker`;
  const name = /^[\d.]+$|:/.test(host) ? `ip:${host}` : `dns:${host}`;
  return `if [ ! -e ${keys} ]; then mkdir ${keys} \
&& keytool -genkeypair ${store} -storetype PKCS12 -keyalg EC -validity 30 -dname CN=kafka -ext san=${name} \
&& keytool -exportcert ${store} -rfc -file ${keys}/broker.pem; fi`;
}

/** Nobody knows the certificate yet; nothing is sent that is secret. */
const openTrusting = ({ host, port }: Address) => connect({ host, port, rejectUnauthorized: false });
