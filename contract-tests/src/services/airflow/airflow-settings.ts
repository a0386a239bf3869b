const secret = 'not a secret: only containers of tests sign with it, and they are gone after the run';

/** Longer than any machine keeps a part of Airflow waiting: a part that gives up ends, and with it the container. */
const patienceSeconds = '1800';

/** What makes Airflow see a new DAG, run it and notice its own parts within seconds; each version takes what it knows. */
export const airflowSettings = {
  AIRFLOW__CORE__EXECUTOR: 'LocalExecutor',
  AIRFLOW__CORE__PARALLELISM: '4',
  AIRFLOW__CORE__LOAD_EXAMPLES: 'False',
  AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION: 'False',
  AIRFLOW__SCHEDULER__SCHEDULER_HEARTBEAT_SEC: '1',
  AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME: '0.2',
  AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD: '5',
  AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: 'False',
  AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT: patienceSeconds,
  // Airflow 2
  _AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK: '1',
  AIRFLOW__API__AUTH_BACKENDS: 'airflow.api.auth.backend.basic_auth',
  AIRFLOW__SCHEDULER__DAG_DIR_LIST_INTERVAL: '2',
  AIRFLOW__SCHEDULER__MIN_FILE_PROCESS_INTERVAL: '2',
  AIRFLOW__WEBSERVER__SECRET_KEY: secret,
  AIRFLOW__WEBSERVER__WEB_SERVER_MASTER_TIMEOUT: patienceSeconds,
  AIRFLOW__WEBSERVER__WEB_SERVER_WORKER_TIMEOUT: patienceSeconds,
  AIRFLOW__CORE__DAG_FILE_PROCESSOR_TIMEOUT: patienceSeconds,
  // Airflow 3
  AIRFLOW__API__SECRET_KEY: secret,
  AIRFLOW__API__WORKER_TIMEOUT: patienceSeconds,
  AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT: patienceSeconds,
  AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT: patienceSeconds,
  AIRFLOW__API_AUTH__JWT_SECRET: secret,
  AIRFLOW__CORE__EXECUTION_API_SERVER_URL: 'http://localhost:8080/execution/',
  AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS: 'True',
  AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL: '2',
  AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL: '2',
} as const;
