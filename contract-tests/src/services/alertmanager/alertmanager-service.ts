import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { startWithSettings } from '../containers/start-with-settings.ts';
import { getText } from '../get-text.ts';

/** @since 0.1.0 */
export interface AlertmanagerServiceOptions extends ServiceOptions {
  /**
   * The folder of this machine with `alertmanager.yml` and what that names, which everybody may read. It is
   * `/etc/alertmanager` inside, where this machine is called `host.docker.internal`.
   */
  readonly folder: string;
}

/** @since 0.1.0 */
export interface AlertmanagerService extends Service {
  /** Where its API and its pages begin. */
  readonly url: string;
  /** Runs `amtool` beside it, and gives what it printed. Files are named as in the container. */
  amtool(args: readonly string[]): Promise<string>;
}

const port = 9093;

/**
 * Alertmanager with settings of your own, in a container of its own that starts when it is first held. It forgets the
 * alerts that it was sent when it is killed.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { alertmanagerService } from '@aiwork/contract-tests/services';
 *
 * await using held = await alertmanagerService({ folder: '/srv/alertmanager' }).hold();
 * console.log(await held.service.amtool(['check-config', '/etc/alertmanager/alertmanager.yml']));
 * console.log(await (await fetch(`${held.service.url}/api/v2/alerts`)).json()); // []
 * ```
 * @since 0.1.0
 */
export function alertmanagerService(options: AlertmanagerServiceOptions): ServiceSource<AlertmanagerService> {
  return serviceSource('Alertmanager', () => startAlertmanager(options));
}

async function startAlertmanager(options: AlertmanagerServiceOptions): Promise<AlertmanagerService> {
  const { folder, progress = toStderr } = options;
  const image = {
    folder: 'alertmanager',
    label: 'Alertmanager',
    image: 'prom/alertmanager:v0.27.0',
    variable: 'AIWORK_ALERTMANAGER_IMAGE',
  };
  const settings = { source: folder, target: '/etc/alertmanager' };
  // It is alone: no cluster.
  const command = [
    `--config.file=${settings.target}/alertmanager.yml`,
    '--storage.path=/alertmanager',
    '--cluster.listen-address=',
  ];
  const served = await startWithSettings({ image, port, command, settings }, progress);
  const { address, url, run, restart, kill, close } = served;
  const { versionInfo } = JSON.parse(await getText(`${url}/api/v2/status`));
  return {
    facts: { name: 'alertmanager', version: String(versionInfo.version), image: served.image, settings: {} },
    address,
    url,
    amtool: (args) => run(['amtool', ...args]),
    restart,
    kill,
    close,
  };
}
