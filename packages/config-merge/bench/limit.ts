/** Says whether a figure keeps its limit; the bench fails where one does not. */
export function within(what: string, figure: number, limit: number): void {
  const holds = figure <= limit;
  console.log(`${holds ? 'holds' : 'FAILS'}: ${what}: ${figure.toFixed(2)}, at most ${limit}`);
  if (!holds) process.exitCode = 1;
}
