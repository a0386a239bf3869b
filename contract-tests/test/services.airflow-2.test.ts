import { airflowServiceTests } from './airflow-service.fixture.ts';

airflowServiceTests(2, 'airflow.decorators');
