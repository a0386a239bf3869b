import { exportFlowTests } from './export-flow.airflow.fixture.ts';

exportFlowTests(2);
