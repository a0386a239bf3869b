import type { Address } from '../../engine/address.ts';
import { getText } from '../get-text.ts';
import { type RunningContainer, startContainer } from './container.ts';
import type { ImageSource } from './image.ts';
import type { Progress } from './progress.ts';

interface Served extends Pick<RunningContainer, 'image' | 'run' | 'restart' | 'kill' | 'close'> {
  readonly address: Address;
  readonly url: string;
}

interface SettingsPlan {
  readonly image: ImageSource;
  readonly port: number;
  readonly command: readonly string[];
  /** The folder of this machine, and where it is inside. */
  readonly settings: { readonly source: string; readonly target: string };
}

/** Starts what reads its settings from a folder, and says at `/-/ready` when it has. */
export async function startWithSettings(plan: SettingsPlan, progress: Progress): Promise<Served> {
  const { image, port, command, settings } = plan;
  const urlOf = ({ host, port }: Address) => `http://${host}:${port}`;
  const container = await startContainer(
    {
      image,
      ports: [port],
      settings: () => ({ command, mounts: [settings] }),
      probe: (address) => getText(`${urlOf(address)}/-/ready`),
      startTimeoutMs: 60_000,
      stopTimeoutMs: 20_000,
    },
    progress,
  );
  const [address] = container.addresses;
  return { ...container, address, url: urlOf(address) };
}
