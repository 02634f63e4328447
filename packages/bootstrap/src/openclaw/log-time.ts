/** Whether OpenClaw logged a line, as text or as JSON, at that time or later. A line without a time is of no known time. */
export function isSince(line: string, since: Date): boolean {
  const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/.exec(line);
  return time !== null && Date.parse(time[0]) >= since.getTime();
}
