import { stepOperator } from './step-operator.ts';

/**
 * What is run in a container: the process, and then a line that says how it ended and what it answered. The container
 * itself ends well, since what is lost with one that does not is the answer.
 */
const script = (into: string) => `
ANSWER = """
answer=$("$@")
code=$?
answer=$(printf '%s\\\\n' "$answer" | tail -n 1)
${into}"""
`;

const shared = `
    def words_and_environment(self, request):
        names = [name for name in ENVIRONMENT if name in os.environ]
        environment = {name: os.environ[name] for name in names}
        environment["AIWORK_TASK_REQUEST"] = json.dumps(request)
        return ["sh", "-c", ANSWER, "sh", *self.words()], environment

    def answer_of_container(self, said):
        if not said:
            return self.answer_in("", None)
        code, answer = json.loads(said) if isinstance(said, str) else said
        if code == 2:
            raise AirflowFailException("aiwork refused it: see the lines above")
        return self.answer_in("" if answer is None else json.dumps(answer), code)
`;

const dockerRunner = `
    def ask(self, context, request):
        self.command, self.environment = self.words_and_environment(request)
        return self.answer_of_container(super().execute(context))
${shared}`;

const kubernetesRunner = `
    def ask(self, context, request):
        self.cmds, environment = self.words_and_environment(request)
        self.env_vars = [V1EnvVar(name=n, value=v) for n, v in environment.items()]
        return self.answer_of_container(super().execute(context))
${shared}`;

const print = `printf '[%s,%s]\\\\n' "$code" "\${answer:-null}"`;

/** The operators of each runner, with what they rely on. */
export const containerOperators = {
  docker: `${script(`${print}\n`)}\n${stepOperator('DockerOperator', dockerRunner, 'image=IMAGE, **ARGUMENTS, ')}`,
  kubernetes: `${script(`mkdir -p /airflow/xcom\n${print} > /airflow/xcom/return.json\n`)}\n${stepOperator(
    'KubernetesPodOperator',
    kubernetesRunner,
    'image=IMAGE, do_xcom_push=True, **ARGUMENTS, ',
  )}`,
} as const;
