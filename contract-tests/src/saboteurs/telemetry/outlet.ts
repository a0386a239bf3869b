import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** What became of something that was sent. */
export type Fate = 'taken' | 'refused' | 'later';

/** How a receiver is asked, and what is made of its answers. */
export interface OutletRules {
  /** Milliseconds that one request may take. */
  readonly deadlineMs: number;
  fate(status: number): Fate;
  /** Called when a request failed or was refused, and then not again before one was taken. */
  onTrouble(why: string, answer: { readonly headers: IncomingHttpHeaders; readonly body: string }): void;
}

export const outletRules: OutletRules = {
  // Longer than a busy machine stands still: what is sent again arrives twice. Shorter than a flush may take.
  deadlineMs: 900,
  fate(status) {
    if (status === 200) return 'taken';
    return [429, 502, 503, 504].includes(status) ? 'later' : 'refused';
  },
  onTrouble: (why) => process.emitWarning(`telemetry is not taken: ${why}`),
};

/** Posts JSON to one receiver. */
export interface Outlet {
  post(path: string, body: object): Promise<Fate>;
  close(): void;
}

export function openOutlet(url: string, secret: string, rules: OutletRules): Outlet {
  const agent = new Agent({ keepAlive: true });
  const over = new AbortController();
  let inTrouble = false;

  function ask(path: string, body: string) {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number;
      headers: IncomingHttpHeaders;
      body: string;
    }>();
    const headers = { 'content-type': 'application/json', authorization: secret };
    const asked = request(`${url}${path}`, { method: 'POST', agent, headers, signal: over.signal });
    const timer = setTimeout(() => asked.destroy(new Error('no answer in time')), rules.deadlineMs);
    timer.unref();
    promise.then(
      () => clearTimeout(timer),
      () => clearTimeout(timer),
    );
    asked.once('response', (response) => {
      const { statusCode = 0, headers } = response;
      text(response).then((body) => resolve({ status: statusCode, headers, body }), reject);
    });
    asked.once('error', reject).end(body);
    return promise;
  }

  function trouble(why: string, answer = { headers: {}, body: '' }): void {
    if (inTrouble || over.signal.aborted) return;
    inTrouble = true;
    rules.onTrouble(why, answer);
  }

  return {
    async post(path, body) {
      try {
        const answer = await ask(path, JSON.stringify(body));
        const fate = rules.fate(answer.status);
        if (fate === 'taken') inTrouble = false;
        else trouble(`status ${answer.status}`, answer);
        return fate;
      } catch (error) {
        trouble(error instanceof Error ? error.name : 'unknown');
        return 'later';
      }
    },
    close() {
      over.abort();
      agent.destroy();
    },
  };
}
