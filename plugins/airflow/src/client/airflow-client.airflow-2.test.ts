import { airflowClientTests } from './airflow-client.fixture.ts';

airflowClientTests(2);
