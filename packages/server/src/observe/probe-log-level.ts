/** Of routes that machines ask all the time: only what is wrong with them is worth a line of the log. */
export const probeLogLevel = 'warn';
