/** What a module does that asks a service, which hangs up without a word. */
export const answer = await new Promise(() => {});
