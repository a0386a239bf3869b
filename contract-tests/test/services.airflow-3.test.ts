import { airflowServiceTests } from './airflow-service.fixture.ts';

airflowServiceTests(3, 'airflow.sdk');
