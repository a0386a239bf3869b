const modules = ['base64', 'hashlib', 'json', 'os', 'signal', 'subprocess', 'tempfile', 'time'];
const times = ['datetime', 'timedelta', 'timezone'];

/** What Airflow 3 has in one place, and where Airflow 2 has each. */
const sdk: Readonly<Record<string, string>> = {
  DAG: 'airflow.models.dag',
  BaseOperator: 'airflow.models',
  BaseSensorOperator: 'airflow.sensors.base',
  Param: 'airflow.models.param',
  TaskGroup: 'airflow.utils.task_group',
  Variable: 'airflow.models',
};

/** What both have in the same place. */
const others: Readonly<Record<string, string>> = {
  KubernetesPodOperator: 'airflow.providers.cncf.kubernetes.operators.pod',
  DockerOperator: 'airflow.providers.docker.operators.docker',
  CronTriggerTimetable: 'airflow.timetables.trigger',
  V1EnvVar: 'kubernetes.client.models',
};

/** The imports of what `code` uses, for Airflow 3 and else for Airflow 2. */
export function importsFor(code: string): string {
  const used = (names: readonly string[]) => names.filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  const ofSdk = used(Object.keys(sdk)).sort();
  return [
    ...used(modules).map((module) => `import ${module}`),
    `from datetime import ${used(times).join(', ')}`,
    '',
    either(
      `from airflow.sdk import ${ofSdk.join(', ')}`,
      ofSdk.map((name) => `from ${sdk[name]} import ${name}`),
    ),
    '',
    either('from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException', [
      'from airflow.exceptions import AirflowFailException, AirflowSkipException',
    ]),
    ...used(['DateTimeTrigger']).flatMap((name) => [
      '',
      either(`from airflow.providers.standard.triggers.temporal import ${name}`, [
        `from airflow.triggers.temporal import ${name}`,
      ]),
    ]),
    '',
    ...used(Object.keys(others)).map((name) => `from ${others[name]} import ${name}`),
  ]
    .join('\n')
    .trim();
}

const either = (newer: string, older: readonly string[]): string =>
  `try:\n    ${newer}\nexcept ImportError:\n${older.map((line) => `    ${line}`).join('\n')}`;
