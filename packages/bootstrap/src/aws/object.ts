import { BootstrapError } from '../errors.ts';
import { explain } from './explain.ts';
import { InstanceMetadata } from './instance-metadata.ts';
import { outlookOfCall } from './outlook.ts';
import { patiently, type Patience } from './patience.ts';
import { whileOpen } from './while-open.ts';

/**
 * The text of an object of S3, in the Region of the instance.
 * @throws BootstrapError `SPEC_UNREADABLE`
 */
export async function readObject(
  { bucket, key }: { readonly bucket: string; readonly key: string },
  patience: Patience,
): Promise<string> {
  try {
    const region = process.env['AWS_REGION'] ?? (await new InstanceMetadata(patience).region());
    // Few specs have an object: who has none loads no client of S3.
    const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
    return await patiently(patience, outlookOfCall, (signal) =>
      whileOpen(new S3Client({ region }), signal, async (client) => {
        const command = new GetObjectCommand({ Bucket: bucket, Key: key });
        const { Body } = await client.send(command, { abortSignal: signal });
        return (await Body?.transformToString('utf8')) ?? '';
      }),
    );
  } catch (error) {
    throw new BootstrapError(
      'SPEC_UNREADABLE',
      `The rest of the spec, s3://${bucket}/${key}, could not be read: ${explain(error)}. The role needs s3:GetObject on it.`,
      { cause: error },
    );
  }
}
