/** An error of the AWS SDK in one line, without the stack and the request. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.message === '') return error.errors.map(explain).join('; ');
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}
