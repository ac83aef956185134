/** What is said where the log has no run to speak of. A dry run is no evidence, and leaves no line. */
export const noRun = 'The audit log has no run that came to its end: a dry run leaves none.';
