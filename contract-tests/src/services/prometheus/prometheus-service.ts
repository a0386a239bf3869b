import { type Service, type ServiceSource, serviceSource } from '../../engine/service.ts';
import { type ServiceOptions, toStderr } from '../containers/progress.ts';
import { startWithSettings } from '../containers/start-with-settings.ts';
import { getText } from '../get-text.ts';

/** @since 0.1.0 */
export interface PrometheusServiceOptions extends ServiceOptions {
  /**
   * The folder of this machine with `prometheus.yml` and what that names, which everybody may read. It is
   * `/etc/prometheus` inside, where this machine is called `host.docker.internal`.
   */
  readonly folder: string;
}

/** @since 0.1.0 */
export interface PrometheusService extends Service {
  /** Where its API and its pages begin. */
  readonly url: string;
  /** Runs `promtool` beside it, and gives what it printed. Files are named as in the container. */
  promtool(args: readonly string[]): Promise<string>;
}

const port = 9090;

/**
 * Prometheus with settings of your own, in a container of its own that starts when it is first held. What it has scraped
 * survives a restart and a kill.
 *
 * @example
 * ```ts no-run: needs a container engine
 * import { prometheusService } from '@aiwork/contract-tests/services';
 *
 * await using held = await prometheusService({ folder: '/srv/prometheus' }).hold();
 * console.log(await held.service.promtool(['check', 'config', '/etc/prometheus/prometheus.yml']));
 * console.log(await (await fetch(`${held.service.url}/api/v1/query?query=up`)).json());
 * ```
 * @since 0.1.0
 */
export function prometheusService(options: PrometheusServiceOptions): ServiceSource<PrometheusService> {
  return serviceSource('Prometheus', () => startPrometheus(options));
}

async function startPrometheus(options: PrometheusServiceOptions): Promise<PrometheusService> {
  const { folder, progress = toStderr } = options;
  const image = {
    folder: 'prometheus',
    label: 'Prometheus',
    image: 'prom/prometheus:v2.53.5',
    variable: 'AIWORK_PROMETHEUS_IMAGE',
  };
  const settings = { source: folder, target: '/etc/prometheus' };
  const command = [`--config.file=${settings.target}/prometheus.yml`, '--storage.tsdb.path=/prometheus'];
  const served = await startWithSettings({ image, port, command, settings }, progress);
  const { address, url, run, restart, kill, close } = served;
  const { data } = JSON.parse(await getText(`${url}/api/v1/status/buildinfo`));
  return {
    facts: { name: 'prometheus', version: String(data.version), image: served.image, settings: {} },
    address,
    url,
    promtool: (args) => run(['promtool', ...args]),
    restart,
    kill,
    close,
  };
}
