import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { command, root } from '../command.ts';
import { fencesIn } from '../docs/markdown.ts';
import { localImage } from './local-image.ts';

const folder = join(root, 'deploy');
const text = (file: string) => readFileSync(join(folder, file), 'utf8');
const manifestFiles = globSync(['kubernetes/*.yaml', 'embeddings/kubernetes.yaml'], { cwd: folder })
  .filter((file) => !file.includes('prometheus-adapter'))
  .sort();

interface Container {
  readonly args: readonly string[];
  readonly securityContext: object;
  readonly lifecycle: { readonly preStop: { readonly sleep: { readonly seconds: number } } };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: of all kinds; their schemas are checked by Kubernetes' own
  readonly spec: any;
  readonly data?: Readonly<Record<string, string>>;
}

const manifests = manifestFiles.flatMap((file) =>
  parseAllDocuments(text(file)).map((document) => document.toJS() as Manifest),
);
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind);
const deployments = ofKind('Deployment');
const compose = parse(text('compose.yaml'), { merge: true });

let image: string;
beforeAll(async () => {
  image = await localImage('validators', () => {});
}, 600_000);

/** Runs a command with the files of the deployment at `/deploy`, changed by `sed` before. */
function validate(line: string, change = 'true') {
  const copied = `cp -r /deploy /tmp/changed && cd /tmp/changed && ${change} && ${line}`;
  const run = ['run', '--rm', '--network', 'none', '--volume', `${folder}:/deploy:ro`];
  return command('docker', [...run, image, 'sh', '-ec', copied]);
}

describe('the manifests for Kubernetes', { timeout: 120_000 }, () => {
  const check = `kubernetes-validate --strict ${manifestFiles.join(' ')}`;

  it('are what Kubernetes takes, without fields that it does not know', async () => {
    const { ok, output } = await validate(check);
    expect(output).not.toContain('ERROR');
    expect(ok).toBe(true);
    expect(output.match(/passed for resource/g)).toHaveLength(manifests.length);
  });

  it('would be refused with a slip in them', async () => {
    const { ok, output } = await validate(
      check,
      "sed -i 's/readOnlyRootFilesystem/readOnlyRootFileSystem/' kubernetes/*",
    );
    expect(ok).toBe(false);
    expect(output).toContain('readOnlyRootFileSystem');
  });

  it('lead services, budgets, policies and autoscalers to pods that are there', () => {
    const labels = deployments.map(({ spec }) => spec.template.metadata.labels);
    const selectors = [
      ...deployments.map(({ spec }) => spec.selector.matchLabels),
      ...ofKind('Service').map(({ spec }) => spec.selector),
      ...ofKind('PodDisruptionBudget').map(({ spec }) => spec.selector.matchLabels),
      ...ofKind('NetworkPolicy').map(({ spec }) => spec.podSelector.matchLabels),
    ];
    expect(selectors.length).toBeGreaterThan(6);
    for (const selector of selectors) expect(labels).toContainEqual(expect.objectContaining(selector));
    const names = deployments.map(({ metadata }) => metadata.name);
    expect(ofKind('HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef.name)).toEqual(names);
    expect(ofKind('PodDisruptionBudget').map(({ metadata }) => metadata.name)).toEqual(names);
  });

  it('let nothing run as root, write to its image or gain rights', () => {
    for (const { spec } of deployments) {
      const { securityContext, containers, automountServiceAccountToken } = spec.template.spec;
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        runAsUser: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(automountServiceAccountToken).toBe(false);
      for (const container of containers as readonly Container[]) {
        expect(container.securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        });
      }
    }
    expect(text('Dockerfile')).toContain('USER 1000:1000');
  });

  it('give a pod longer to stop than it takes to be passed by and to drain', () => {
    for (const { spec } of deployments) {
      const { terminationGracePeriodSeconds, containers } = spec.template.spec;
      for (const { args, lifecycle } of containers as readonly Container[]) {
        expect(lifecycle.preStop.sleep.seconds + drainSeconds(args) + flushSeconds).toBeLessThan(
          terminationGracePeriodSeconds,
        );
      }
    }
  });
});

describe('the compose file', { timeout: 120_000 }, () => {
  const check = 'docker-compose -f compose.yaml config';

  it('is what Compose takes', async () => {
    const { ok, output } = await validate(check);
    expect(output).toContain('no-new-privileges');
    expect(ok).toBe(true);
  });

  it('is what Compose takes for embeddings alone, too', async () => {
    const { ok, output } = await validate('docker-compose -f embeddings/compose.yaml config');
    expect(output).toContain('no-new-privileges');
    expect(ok).toBe(true);
  });

  it('would be refused with a slip in it', async () => {
    const { ok, output } = await validate(check, "sed -i 's/read_only/readonly/' compose.yaml");
    expect(ok).toBe(false);
    expect(output).toContain("Unsupported config option for services.server: 'readonly'");
  });

  it('names a version of every image', () => {
    const images = Object.values(compose.services as Record<string, { image: string }>).map(
      ({ image }) => image,
    );
    expect(images.filter((name) => name !== 'my-flows' && !/:v?\d+\.\d+\.\d+(-\w+)?$/.test(name))).toEqual(
      [],
    );
  });

  it('mounts what is there', () => {
    const services = Object.values(compose.services as Record<string, { volumes?: readonly string[] }>);
    const mounted = services
      .flatMap(({ volumes = [] }) => volumes)
      .flatMap((volume) => /^\.\/[^:]+/.exec(volume) ?? []);
    expect(mounted.length).toBeGreaterThan(4);
    expect(mounted.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
  });

  it('gives flows longer to stop than they take to drain, and nothing to write to', () => {
    for (const name of ['server', 'worker']) {
      const { command: args, stop_grace_period: grace, ...service } = compose.services[name];
      expect(Number.parseInt(grace, 10)).toBeGreaterThan(drainSeconds(args) + flushSeconds);
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], secrets: ['api_keys'] });
    }
  });

  it('has a load balancer that nginx takes', async () => {
    const { ok, output } = await validate('cp balancer.conf /etc/nginx/conf.d && nginx -t');
    expect(output).toContain('test is successful');
    expect(ok).toBe(true);
  });
});

describe('what containers are told', () => {
  it('are flags and variables that the command knows', async () => {
    const main = join(root, 'packages/cli/src/main.ts');
    const { output: help } = await command(process.execPath, [
      ...['--conditions=@aiwork/source', main, 'serve', '--help'],
    ]);
    const args = [
      ...deployments.flatMap(({ spec }) =>
        spec.template.spec.containers.flatMap(({ args }: Container) => args),
      ),
      ...['server', 'worker'].flatMap((name) => compose.services[name].command),
    ] as readonly string[];
    const flags = args.filter((arg) => arg.startsWith('--'));
    expect(flags.length).toBeGreaterThan(8);
    expect(flags.filter((flag) => !help.includes(`${flag} `) && !help.includes(`${flag}\n`))).toEqual([]);
    const variables = [
      ...Object.keys(ofKind('ConfigMap')[0]?.data ?? {}),
      ...Object.keys(compose.services.server.environment),
    ].filter((name) => name.startsWith('AIWORK_'));
    expect(variables.length).toBeGreaterThan(1);
    expect(variables.filter((name) => !help.includes(name))).toEqual([]);
  });

  it('is in the guide as it is in the files', () => {
    const guide = readFileSync(join(root, 'docs/guides/deployment.md'), 'utf8');
    const files = fencesIn(guide).filter(({ language }) => language.startsWith('docker'));
    expect(files.map(({ info }) => info)).toEqual(['Dockerfile', '.dockerignore']);
    for (const { info, text: shown } of files) expect(`${shown}\n`).toBe(text(info));
  });
});

/** A receiver that hangs holds up the end of the orchestrator for `maxFlushMs`, and that of telemetry once more. */
const flushSeconds = 10;

const drainSeconds = (args: readonly string[]) =>
  Number.parseInt(args[args.indexOf('--drain') + 1] ?? '', 10);
