const timeoutMs = 5_000;

/** The body of what is there. @throws when nobody answers, or with a status that is none of success. */
export async function getText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`${url} answers with status ${response.status}`);
  return response.text();
}
