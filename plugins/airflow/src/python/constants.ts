import { type AirflowExportOptions, defaultAnswerBytes, defaultInlineBytes } from '../options.ts';
import { type Code, layOut } from './layout.ts';
import { literal, quote } from './literal.ts';

const operatorDefaults = {
  docker: { auto_remove: 'force', mount_tmp_dir: false },
  kubernetes: {},
} as const;

type Constant = readonly [name: string, value: Code, comment?: string];

/** What a file says once, ahead of all that uses it. */
export function constants(flowId: string, options: AirflowExportOptions): string {
  const {
    command = ['npx', '--no', '--', 'aiwork'],
    file,
    state,
    payloads,
    maxAnswerBytes = defaultAnswerBytes,
  } = options;
  const words = [...command, 'task', 'run', file, `--flow=${flowId}`];
  const payloadWords = payloads
    ? [`--out-dir=${payloads.folder}`, `--inline-bytes=${payloads.inlineBytes ?? defaultInlineBytes}`]
    : [];
  const all: readonly Constant[] = [
    ['COMMAND', literal(state === undefined ? words : [...words, `--state=${state}`]), 'What a task starts.'],
    ['PAYLOADS', literal(payloadWords), 'Where it puts outputs that are too large for XCom.'],
    ['ANSWER_BYTES', String(maxAnswerBytes), 'The largest answer that goes into XCom.'],
    ['SLACK', 'timedelta(seconds=30)', 'What a process may take to start and to stop.'],
    ...ofRunner(options),
  ];
  return all
    .map(([name, value, comment]) => `${comment ? `# ${comment}\n` : ''}${layOut([`${name} = `, value])}`)
    .join('\n');
}

function ofRunner({ runner, cwd, env }: AirflowExportOptions): readonly Constant[] {
  if (runner && runner.kind !== 'subprocess') {
    return [
      ['IMAGE', quote(runner.image)],
      [
        'ARGUMENTS',
        literal({ ...operatorDefaults[runner.kind], ...runner.arguments }),
        'Further arguments of the operator.',
      ],
      ['ENVIRONMENT', literal(env ?? []), 'What of the environment a container sees.'],
    ];
  }
  return [
    ['FOLDER', literal(cwd), 'Where a process starts.'],
    ['GRACE_SECONDS', '12', 'How long a process that is told to stop may take.'],
    ...(env ? [['ENVIRONMENT', literal(env), 'What of the environment a process sees.'] as const] : []),
  ];
}
