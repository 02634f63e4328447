/** What a value of CloudFormation, such as an ARN, is counted as. */
const charactersOfIntrinsic = 128;

/** Bytes of a resolved template string, with what only the deployment knows estimated from above. */
export function estimatedLength(resolved: unknown): number {
  if (typeof resolved === 'string') return Buffer.byteLength(resolved);
  const parts = (resolved as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join']?.[1];
  if (!parts) return charactersOfIntrinsic;
  return parts.reduce<number>((sum, part) => sum + estimatedLength(part), 0);
}
