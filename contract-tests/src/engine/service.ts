import type { Address } from './address.ts';

/** What a report says about a service. @since 0.1.0 */
export interface ServiceFacts {
  /** `redis`, `postgresql` … */
  readonly name: string;
  readonly version: string;
  /** The container image; absent where the service was there before. */
  readonly image?: string;
  /** The settings that verdicts depend on, such as `appendfsync`. Never a secret. */
  readonly settings: Readonly<Record<string, string>>;
}

/**
 * A service that an adapter talks to, as it runs beside the checks.
 *
 * @since 0.1.0
 */
export interface Service {
  readonly facts: ServiceFacts;
  /** The same from start to close, also over restarts. */
  readonly address: Address;
  /**
   * For services that tell their clients where to connect: where a link has to listen, and what it leads to. Without it
   * a link listens anywhere and leads to `address`.
   */
  readonly linked?: { readonly listen: Address; readonly target: Address };
  /** Stops it in order, starts it again, and resolves when it answers. Absent where it is not ours to stop. */
  restart?(): Promise<void>;
  /** Kills it without warning, starts it again, and resolves when it answers. Absent where it is not ours to kill. */
  kill?(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A service that can be had: started when the first who needs it asks, shared by all who hold it, and closed with the
 * last of them.
 *
 * @since 0.1.0
 */
export interface ServiceSource<S extends Service = Service> {
  /** What it is, before it runs. */
  readonly name: string;
  /** @throws ServiceUnavailable when it cannot be had here: what needs it is blocked, by this reason. */
  hold(): Promise<HeldService<S>>;
}

/** @since 0.1.0 */
export interface HeldService<S extends Service = Service> extends AsyncDisposable {
  readonly service: S;
  release(): Promise<void>;
}

/**
 * A service cannot be had on this machine: there is no container engine, say. What needs it is blocked.
 *
 * @since 0.1.0
 */
export class ServiceUnavailable extends Error {
  override readonly name = 'ServiceUnavailable';
}

/**
 * Makes a source from what starts the service. A start that failed is tried again by the next who asks, unless the
 * service cannot be had at all.
 *
 * @since 0.1.0
 */
export function serviceSource<S extends Service>(name: string, start: () => Promise<S>): ServiceSource<S> {
  let holders = 0;
  let running: Promise<S> | undefined;
  let closing: Promise<void> = Promise.resolve();

  async function begin(): Promise<S> {
    await closing;
    return start();
  }

  function end(): void {
    const last = running;
    running = undefined;
    closing = (async () => {
      const service = await last?.catch(() => undefined);
      await service?.close();
    })();
  }

  return {
    name,
    async hold() {
      holders += 1;
      running ??= begin();
      let held = true;
      async function release(): Promise<void> {
        if (!held) return;
        held = false;
        holders -= 1;
        if (holders > 0) return;
        end();
        await closing;
      }
      try {
        const service = await running;
        return { service, release, [Symbol.asyncDispose]: release };
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
}
