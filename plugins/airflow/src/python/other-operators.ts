/** Operators for what needs no process of aiwork. */
export const sleepOperator = `
class Sleep(BaseOperator):
    """Waits without holding a worker: a triggerer does the waiting."""

    template_fields = ()

    def __init__(self, *, duration, gate=None, **kwargs):
        super().__init__(**kwargs)
        self.duration = duration
        self.gate = gate

    def execute(self, context):
        if self.gate is not None:
            go_on_behind(context["ti"], self.gate)
        moment = datetime.now(timezone.utc) + self.duration
        self.defer(trigger=DateTimeTrigger(moment=moment), method_name="wake")

    def wake(self, context, event=None):
        keep_answer(context["ti"], {"status": "succeeded"})
`;

export const waitOperator = `
class Wait(BaseSensorOperator):
    """Waits for a variable of Airflow that is named after the run and the step."""

    template_fields = ()

    def __init__(self, *, gate=None, **kwargs):
        super().__init__(mode="reschedule", poke_interval=10, **kwargs)
        self.gate = gate

    def poke(self, context):
        ti = context["ti"]
        if self.gate is not None:
            go_on_behind(ti, self.gate)
        text = Variable.get(f"aiwork/{ti.dag_id}/{ti.run_id}/{ti.task_id}", None)
        if text is None:
            return False
        keep_answer(ti, {"status": "succeeded", "output": json.loads(text)})
        return True
`;

export const raceOperator = `
class Race(BaseOperator):
    """The answer of the first of its steps that succeeded."""

    template_fields = ()

    def __init__(self, *, needs=None, maps=None, gate=None, lenient=False, **kwargs):
        super().__init__(**kwargs)
        self.needs = needs
        self.maps = maps
        self.gate = gate
        self.lenient = lenient

    def execute(self, context):
        ti = context["ti"]
        if self.gate is not None:
            go_on_behind(ti, self.gate)
        plain, lists = (self.needs or {}).values(), (self.maps or {}).values()
        answers = [answer_of(ti, task_id) for task_id in plain]
        answers += [answer_of_items(ti, task_id) for task_id in lists]
        for answer in answers:
            if answer["status"] == "succeeded":
                return keep_answer(ti, answer)
        message = "none of its steps succeeded"
        error = {"name": "AiworkError", "message": message, "retryable": False}
        error["code"] = "AIWORK_RACE_FAILED"
        keep_answer(ti, {"status": "failed", "error": error})
        raise (AirflowSkipException if self.lenient else AirflowFailException)(message)
`;

export const outputOperator = `
class Output(BaseOperator):
    """Fails the run when the step that gives its output has failed."""

    def execute(self, context):
        return None
`;

export const endingOperator = `
class Ending(Step):
    """Runs what the flow does when it has failed or was cancelled."""

    def __init__(self, *, watched, watched_maps, has_failure, has_cancel, **kwargs):
        super().__init__(**kwargs)
        self.watched = watched
        self.watched_maps = watched_maps
        self.has_failure = has_failure
        self.has_cancel = has_cancel

    def execute(self, context):
        ti = context["ti"]
        answers = [answer_of(ti, task_id) for task_id in self.watched]
        answers += [answer_of_items(ti, task_id) for task_id in self.watched_maps]
        errors = [answer["error"] for answer in answers if answer["status"] == "failed"]
        failures = [e for e in errors if e.get("code") != "AIWORK_NEED_FAILED"]
        self.part = "failure" if failures else "cancel"
        if not errors or not (self.has_failure if failures else self.has_cancel):
            raise AirflowSkipException("there is nothing to do")
        self.error = [*failures, *errors][0]
        return super().execute(context)

    def request_of(self, context):
        return {**super().request_of(context), "error": self.error}
`;
