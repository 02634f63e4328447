import * as z from 'zod';
import { alarmIds, type AlarmId } from '../parts/alarm-table.ts';
import { must } from './must.ts';

const id = z.custom<AlarmId>(
  ...must<unknown>(
    (value) => (alarmIds as readonly unknown[]).includes(value),
    'ALARMS_INVALID',
    (shown) => `${shown} is no alarm of a pod: there are ${alarmIds.join(', ')}.`,
  ),
);

const name = z.string().refine(
  ...must<string>(
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    (value) => /^[\x21-\x7e]{1,255}$/.test(value),
    'ALARMS_INVALID',
    (shown) => `${shown}: the name of an alarm has 1 to 255 visible characters of ASCII, without spaces.`,
  ),
);

/** Checks `AlarmProps`. */
export const alarmOptions = z.strictObject({
  topicArn: z
    .string()
    .refine(
      ...must<string>(
        (arn) => /^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/.test(arn) || arn.includes('${Token['),
        'ALARMS_INVALID',
        (shown) =>
          `${shown} is not the ARN of a standard topic, as in arn:aws:sns:eu-central-1:123456789012:alarms.`,
      ),
    )
    .optional(),
  emails: z
    .array(
      z.email({
        error: ({ input }) => `${JSON.stringify(input)} is not an e-mail address.`,
      }),
    )
    .default([]),
  opsItems: z.enum(['critical', 'high', 'medium', 'low']).optional(),
  off: z.array(id).default([]),
  names: z.partialRecord(z.enum(alarmIds as [AlarmId, ...AlarmId[]]), name).default({}),
});
