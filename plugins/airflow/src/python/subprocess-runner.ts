/** A process beside the task's own. Both ends of the talk are files, so that neither side can keep the other waiting. */
export const subprocessRunner = `
    process = None

    def ask(self, context, request):
        with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answered:
            given.write(json.dumps(request).encode())
            given.seek(0)
            self.process = subprocess.Popen(
                self.words(),
                cwd=FOLDER,
                env=environment(),
                stdin=given,
                stdout=answered,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            try:
                for line in self.process.stderr:
                    self.log.info("%s", line.decode(errors="replace").rstrip())
                code = self.process.wait()
            finally:
                self.stop()
            answered.seek(0)
            text = answered.read().decode(errors="replace")
        if self.stopped:
            raise RuntimeError("it was stopped")
        if code == 2:
            raise AirflowFailException("aiwork refused it: see the lines above")
        return self.answer_in(text, code)

    def on_kill(self):
        self.stopped = True
        self.stop()

    def stop(self):
        process = self.process
        if process is None or process.poll() is not None:
            return
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
`;

/** What a task's process sees of the environment: by default all but Airflow's own settings, which hold secrets. */
export const wholeEnvironment = `
def environment():
    """The environment of a step: all but Airflow's own, which holds its secrets."""
    own = ("AIRFLOW_", "_AIRFLOW_")
    return {name: os.environ[name] for name in os.environ if not name.startswith(own)}
`;

export const namedEnvironment = `
def environment():
    """The environment of a step: what it was exported with."""
    return {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
`;
