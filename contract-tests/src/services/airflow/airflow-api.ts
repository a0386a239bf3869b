/** Its processes share a machine with everything else that a test started. */
export const answersWithinMs = 30_000;

/** The REST API of one of the two: where it is, and how it is signed in to. */
export interface AirflowApi {
  /** The folder of the API under the URL of the server. */
  readonly root: string;
  /** Says whether its parts are at work; relative to the URL of the server. */
  readonly health: string;
  /** The parts that have to be healthy. */
  readonly parts: readonly string[];
  authorization(url: URL): Promise<string>;
}

export const airflowApis: Readonly<Record<2 | 3, AirflowApi>> = {
  2: {
    root: '/api/v1',
    health: '/api/v1/health',
    parts: ['metadatabase', 'scheduler'],
    authorization: ({ username, password }) => Promise.resolve(`Basic ${btoa(`${username}:${password}`)}`),
  },
  3: {
    root: '/api/v2',
    health: '/api/v2/monitor/health',
    parts: ['metadatabase', 'scheduler', 'dag_processor'],
    async authorization(url) {
      const { username, password } = url;
      const response = await fetch(new URL('/auth/token', url.origin), {
        ...(username
          ? {
              method: 'POST',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ username, password }),
            }
          : {}),
        signal: AbortSignal.timeout(answersWithinMs),
      });
      const { access_token: token } = await answerOf<{ access_token: string }>(response);
      return `Bearer ${token}`;
    },
  },
};

/** @throws Error with what the server said, when it refuses. */
export async function answerOf<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  return response.json() as Promise<T>;
}
