import { parseArgs } from 'node:util';
import { AiworkError } from '@aiwork/core';
import type { KafkaOptions } from '../options.ts';

export const usage = `aiwork-kafka COMMAND --queue NAME --group NAME

Looks at the tasks of a queue, whoever produced them, and puts back what was given up.

  show                       counts what is not settled, by what Kafka knows, and what was given up
  dead-letters               lists what was given up; --limit N (default: 20), --from ID
  redrive ID… | --all        puts back those, or all that are there now

  -q, --queue NAME           the queue
  -g, --group NAME           the workers it is about
  -b, --brokers HOST:PORT,…  some of the brokers (default: KAFKA_BROKERS, or localhost:9092)
  -p, --prefix TEXT          what topics begin with (default: aiwork.)
      --tls                  connect by TLS; NODE_EXTRA_CA_CERTS names further authorities
      --json                 a line of JSON for each, with payloads in base64
  -h, --help                 this text

environment: KAFKA_USERNAME and KAFKA_PASSWORD, KAFKA_SASL_MECHANISM (plain, scram-sha-256 or scram-sha-512)
exit code 0: done, 1: failed, 2: the command line was wrong`;

/** What was asked for, and of whom. */
export interface CommandLine {
  readonly command: 'show' | 'dead-letters' | 'redrive';
  readonly about: { readonly queue: string; readonly group: string };
  readonly ids: readonly string[];
  readonly all: boolean;
  readonly limit: number;
  readonly from: string | undefined;
  readonly json: boolean;
  readonly connection: KafkaOptions;
}

/**
 * Gives nothing when help is asked for.
 *
 * @throws `AIWORK_USAGE` when it makes no sense.
 */
export function readCommandLine(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): CommandLine | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [command, ...ids] = positionals;
  if (command !== 'show' && command !== 'dead-letters' && command !== 'redrive')
    throw wrong(command === undefined ? 'no command is given' : `there is no command ${command}`);
  const { queue, group, all = false, json = false, from } = values;
  if (queue === undefined || group === undefined) throw wrong('--queue and --group have to be given');
  if (command !== 'redrive' && ids.length > 0) throw wrong(`${command} takes no ids`);
  if (command === 'redrive' && all === ids.length > 0) throw wrong('redrive takes either ids or --all');
  const limit = Number(values.limit ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 1000)
    throw wrong('--limit is a whole number from 1 to 1000');
  const connection = connectionIn(values, environment);
  return { command, about: { queue, group }, ids, all, limit, from, json, connection };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        queue: { type: 'string', short: 'q' },
        group: { type: 'string', short: 'g' },
        brokers: { type: 'string', short: 'b' },
        prefix: { type: 'string', short: 'p' },
        tls: { type: 'boolean' },
        all: { type: 'boolean' },
        limit: { type: 'string', short: 'n' },
        from: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

interface ConnectionFlags {
  readonly brokers?: string | undefined;
  readonly prefix?: string | undefined;
  readonly tls?: boolean | undefined;
}

function connectionIn(
  { brokers, prefix, tls }: ConnectionFlags,
  environment: NodeJS.ProcessEnv,
): KafkaOptions {
  const { KAFKA_BROKERS, KAFKA_USERNAME: username, KAFKA_PASSWORD: password } = environment;
  const named = brokers ?? KAFKA_BROKERS;
  const mechanism = environment['KAFKA_SASL_MECHANISM'] ?? 'plain';
  if (mechanism !== 'plain' && mechanism !== 'scram-sha-256' && mechanism !== 'scram-sha-512')
    throw wrong(`KAFKA_SASL_MECHANISM is ${mechanism}: set plain, scram-sha-256 or scram-sha-512`);
  return {
    clientId: 'aiwork-kafka',
    ...(named && { brokers: named.split(',').map((broker) => broker.trim()) }),
    ...(prefix !== undefined && { topicPrefix: prefix }),
    ...(tls && { tls }),
    ...(username && { sasl: { mechanism, username, password: password ?? '' } }),
  };
}

const wrong = (message: string) =>
  new AiworkError('AIWORK_USAGE', `${message}; aiwork-kafka --help explains`);
