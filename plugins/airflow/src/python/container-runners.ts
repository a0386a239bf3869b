import { stepOperator } from './step-operator.ts';

/**
 * What is run in a container, whose standard input nobody holds: the process with its request, and then a line that says
 * how it ended and what it answered. The container itself ends well, since what is lost with one that does not is the
 * answer. All goes one way out, so that the line comes last, and in Base64, since Docker's operator gives what it heard
 * in pieces, without the spaces at their ends. Being told to stop is passed on, as a shell does not do by itself.
 */
const script = (into: string) => `
ANSWER = """
exec 2>&1
given=$(mktemp) answered=$(mktemp)
printf '%s' "$AIWORK_TASK_REQUEST" > "$given"
unset AIWORK_TASK_REQUEST
"$@" < "$given" > "$answered" &
process=$!
trap 'kill -TERM "$process"; wait "$process"' TERM
wait "$process"
code=$?
answer=$(tail -n 1 "$answered" | base64 | tr -d '\\\\n')
${into}
"""

# A variable of the environment, which is how a container is asked, holds no more.
REQUEST_BYTES = 120000
`;

const shared = `
    def words_and_environment(self, request):
        text = json.dumps(request)
        if len(text) > REQUEST_BYTES:
            size = f"{len(text)} bytes, and a container takes {REQUEST_BYTES}"
            raise AirflowFailException(
                f"what the step is given has {size}: hand large outputs on in a folder"
            )
        names = [name for name in ENVIRONMENT if name in os.environ]
        environment = {name: os.environ[name] for name in names}
        environment["AIWORK_TASK_REQUEST"] = text
        return ["sh", "-c", ANSWER, "sh", *self.words()], environment

    def answer_of_container(self, said):
        text = "".join(said) if isinstance(said, list) else str(said)
        code, answer, *_ = [*text.rpartition("aiwork-answer:")[2].split(":"), ""]
        if code == "2":
            raise AirflowFailException("aiwork refused it: see the lines above")
        if not code.isdigit():
            return self.answer_in("", None)
        answer = base64.b64decode(answer).decode(errors="replace")
        return self.answer_in(answer, int(code))
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

const said = 'aiwork-answer:%s:%s:';

/** The operators of each runner, with what they rely on. */
export const containerOperators = {
  docker: `${script(`printf '\\\\n${said}\\\\n' "$code" "$answer"`)}\n${stepOperator(
    'DockerOperator',
    dockerRunner,
    'image=IMAGE, xcom_all=True, **ARGUMENTS, ',
  )}`,
  kubernetes: `${script(
    `mkdir -p /airflow/xcom\nprintf '"${said}"' "$code" "$answer" > /airflow/xcom/return.json`,
  )}\n${stepOperator('KubernetesPodOperator', kubernetesRunner, 'image=IMAGE, do_xcom_push=True, **ARGUMENTS, ')}`,
} as const;
