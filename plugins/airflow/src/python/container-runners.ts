import { stepOperator } from './step-operator.ts';

/** What a container prints or writes last is the answer, however its program ended: the answer says how. */
const dockerRunner = `
    def ask(self, context, request):
        self.command = ["sh", "-c", '"$@" || true', "sh", *self.arguments()]
        self.environment = {
            **{name: os.environ[name] for name in ENVIRONMENT if name in os.environ},
            "AIWORK_TASK_REQUEST": json.dumps(request),
        }
        return self.answer_in(str(super().execute(context) or ""), "unknown")
`;
const kubernetesRunner = ``;

export const containerOperators = {
  docker: stepOperator('DockerOperator', dockerRunner),
  kubernetes: stepOperator('KubernetesPodOperator', kubernetesRunner),
} as const;

export const runnerImports = {
  docker: 'import os\n\nfrom airflow.providers.docker.operators.docker import DockerOperator',
  kubernetes:
    'import os\n\nfrom airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator',
} as const;
