import { containerEngine } from './container-engine.ts';
import { containerLog } from './container-log.ts';
import type { ContainerPlan, SharedNetwork } from './container-plan.ts';
import { createContainer } from './create-container.ts';
import { obtainImage } from './image.ts';
import type { Progress } from './progress.ts';
import { removeContainer, sweepContainers } from './remove-containers.ts';
import { untilReady } from './until-ready.ts';
import { watchOverContainers } from './watch-over-containers.ts';

/** Its addresses are the same from start to close. */
export interface RunningContainer extends SharedNetwork {
  readonly image: string;
  /** Runs a program inside, and gives what it printed. */
  run(command: readonly string[]): Promise<string>;
  /** Writes files inside, by their paths. */
  write(files: ReadonlyMap<string, string>): Promise<void>;
  /** What the service has printed since the container is there. */
  log(): Promise<string>;
  restart(): Promise<void>;
  /** Ends it without warning, and starts it again. */
  kill(): Promise<void>;
  /** Ends it without warning. */
  crash(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** @throws ServiceUnavailable when there is no container engine, or no image. */
export async function startContainer(plan: ContainerPlan, progress: Progress): Promise<RunningContainer> {
  const engine = await containerEngine(progress);
  const { client } = engine;
  const { dockerode } = client.container;
  const image = await obtainImage(engine, plan.image, progress);
  await watchOverContainers(engine);
  await sweepContainers(dockerode);
  const { started, addresses } = await createContainer(engine, plan, image);
  const container = dockerode.getContainer(started.getId());

  async function crash(): Promise<void> {
    await container.kill({ signal: 'SIGKILL' });
    await container.wait();
  }

  async function start(): Promise<void> {
    await container.start();
    await untilReady(container, () => plan.probe(addresses[0]), plan.startTimeoutMs);
  }

  return {
    id: container.id,
    image,
    addresses,
    async run(command) {
      const { exitCode, stdout, output } = await client.container.exec(container, [...command]);
      if (exitCode !== 0) throw new Error(`${command.join(' ')} ended with exit code ${exitCode}: ${output}`);
      return stdout;
    },
    write: (files) =>
      started.copyContentToContainer([...files].map(([target, content]) => ({ target, content }))),
    log: () => containerLog(container),
    async restart() {
      await container.stop({ t: plan.stopTimeoutMs / 1000 });
      await start();
    },
    async kill() {
      await crash();
      await start();
    },
    crash,
    start,
    close: () => removeContainer(dockerode, container.id),
  };
}
