/** What every file defines: functions that tasks share, and the operator that runs a step. */
export const functions = `
def answer_of(ti, task_id, map_index=-1, default=None):
    """What a task answered; a failure if it did not live to answer."""
    text = ti.xcom_pull(task_ids=task_id, key="answer", map_indexes=map_index)
    if text or default:
        return json.loads(text) if text else default
    message = f'task "{task_id}" ended without an answer'
    error = {"name": "AiworkError", "code": "AIWORK_NEED_FAILED", "message": message}
    return {"status": "failed", "error": {**error, "retryable": False}}


def answer_of_items(ti, task_id):
    """What a mapped task answered: an answer for each item, in their order."""
    listed = answer_of(ti, f"{task_id}.over")
    if listed["status"] != "succeeded":
        return listed
    answers = [answer_of(ti, task_id, index) for index in range(listed["output"])]
    for answer in answers:
        if answer["status"] != "succeeded":
            return answer
    return {"status": "succeeded", "outputs": answers}


def check_size(what, size):
    """Keeps more out of XCom than it is to hold."""
    if size > ANSWER_BYTES:
        size = f"{size} bytes, and XCom is to hold no more than {ANSWER_BYTES}"
        raise AirflowFailException(
            f"the {what} has {size}: export the flow with a folder for large outputs"
        )


def keep_answer(ti, answer):
    """Keeps an answer as text, which Airflow does not look into."""
    text = json.dumps(answer)
    check_size("answer", len(text))
    ti.xcom_push(key="answer", value=text)


def go_on_behind(ti, task_id):
    """The answer of the task that decides whether this one runs."""
    answer = answer_of(ti, task_id)
    if answer["status"] != "succeeded":
        keep_answer(ti, answer)
        raise AirflowSkipException(f'task "{task_id}" {answer["status"]}')
    return answer


def run_id_of(ti, within):
    """The id of the run as the flow sees it, the same in every attempt."""
    run_id = f"airflow/{ti.dag_id}/{ti.run_id}"
    if within is not None:
        run_id = f"{run_id}/{within}"
    if len(run_id) > 500:
        run_id = f"{run_id[:400]}~{hashlib.sha256(run_id.encode()).hexdigest()}"
    return run_id
`;

/**
 * The operator, but for how it asks: `base` is what it extends and `given` what that is
 * given, `ask` the methods that hand a request to aiwork.
 */
export const stepOperator = (base: string, ask: string, given = ''): string => `
class Step(${base}):
    """Runs a step of the flow once, in a process of its own."""

    # Nothing in here is a template.
    template_fields = ()

    def __init__(
        self,
        *,
        step=None,
        part="run",
        needs=None,
        maps=None,
        within=None,
        item=None,
        lenient=False,
        **kwargs,
    ):
        super().__init__(${given}**kwargs)
        self.step = step
        self.part = part
        self.needs = needs
        self.maps = maps
        self.within = within
        self.item = item
        self.lenient = lenient
        self.stopped = False

    def execute(self, context):
        ti = context["ti"]
        answer, code = self.ask(context, self.request_of(context))
        if self.part == "when" and answer.get("output") is False:
            answer = {"status": "skipped"}
        if self.part == "over" and answer["status"] == "succeeded":
            return self.list_items(ti, answer)
        keep_answer(ti, answer)
        if answer["status"] == "skipped":
            raise AirflowSkipException("its condition said no")
        if answer["status"] != "succeeded":
            self.fail(ti, answer, code)
        return None

    def list_items(self, ti, answer):
        """The list that a mapped task is run for: one text for each item."""
        count = answer["items"]
        if "ref" in answer:
            items = [{"index": i, "ref": answer["ref"]} for i in range(count)]
        else:
            items = [{"index": i, "value": v} for i, v in enumerate(answer["output"])]
        texts = [json.dumps(item) for item in items]
        check_size("list", sum(len(text) for text in texts))
        keep_answer(ti, {"status": "succeeded", "output": count})
        return texts

    def request_of(self, context):
        ti = context["ti"]
        request = {"runId": run_id_of(ti, self.within), "attempt": ti.try_number}
        if self.within is None:
            request.update(flow_input(context))
        else:
            given = go_on_behind(ti, self.within)
            request.update({"input": given["output"]} if "output" in given else {})
        # Behind this rule, what has no answer was skipped without being asked.
        default = {"status": "skipped"} if self.trigger_rule == "none_failed" else None
        needs = (self.needs or {}).items()
        maps = (self.maps or {}).items()
        request["needs"] = {
            **{step: answer_of(ti, task, default=default) for step, task in needs},
            **{step: answer_of_items(ti, task) for step, task in maps},
        }
        if self.item is not None:
            request["item"] = json.loads(self.item)
        return request

    def words(self):
        step = [] if self.step is None else [f"--step={self.step}"]
        # What is the input of a sub-flow's steps is handed to them as it is.
        payloads = [] if self.part == "input" else PAYLOADS
        return [*COMMAND, *step, f"--part={self.part}", *payloads]

    def answer_in(self, text, code):
        """The answer on the last line, or a failure that is worth another attempt."""
        # JSON may hold what Python takes for the end of a line.
        line = text.strip().split("\\n")[-1]
        if line.startswith("{") and code in (0, 1, 3):
            return json.loads(line), code
        message = f"the process ended with exit code {code} and no answer"
        error = {"name": "Error", "message": message, "retryable": True}
        return {"status": "failed", "error": error}, 1

    def fail(self, ti, answer, code):
        message = answer.get("error", {}).get("message", "it was cancelled")
        if self.lenient and (code != 1 or ti.try_number > ti.max_tries):
            self.log.error("%s", message)
            raise AirflowSkipException("it failed, and the flow goes on without it")
        if code == 1:
            self.wait_as_told(ti, answer)
            raise RuntimeError(message)
        raise AirflowFailException(message)

    def wait_as_told(self, ti, answer):
        """What the failing side asked for, as far as it is longer than the delay."""
        asked = answer.get("error", {}).get("retryAfterMs", 0) / 1000
        if ti.try_number <= ti.max_tries and asked > self.retry_delay.total_seconds():
            self.log.info("waiting for %s s, as it was told", asked)
            time.sleep(asked - self.retry_delay.total_seconds())
${ask}`;
