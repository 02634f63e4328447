import * as z from 'zod';
import { must } from './must.ts';

const region = z.string().refine(
  ...must<string>(
    (name) => /^[a-z]{2,4}(-[a-z]+)+-\d$/.test(name),
    'REGION_INVALID',
    (shown) => `${shown} is not an AWS Region, as in eu-central-1.`,
  ),
);

const text = (form: RegExp, what: string) =>
  z.string().refine(
    ...must<string>(
      (value) => form.test(value),
      'BEDROCK_INVALID',
      (shown) => `${shown} is not ${what}.`,
    ),
  );

/** Checks `BedrockProps`. */
export const bedrockOptions = z.strictObject({
  region: region.optional(),
  models: z
    .array(
      text(
        /^([a-z0-9-]+\.)+([a-z0-9-]+(:\d+)?\*?|\*)$/,
        'the id of a Bedrock model, as in amazon.nova-2-lite-v1:0 or anthropic.claude-sonnet-*',
      ),
    )
    .min(1)
    .optional(),
  regions: z
    .array(z.union([z.literal('global'), region]))
    .min(1)
    .optional(),
  guardrail: z
    .strictObject({
      id: text(/^[a-z0-9]{1,64}$/, 'the id of a guardrail, as in abc123def456'),
      version: text(
        /^[1-9]\d{0,7}$/,
        'a published version of a guardrail, which is a number: what is in its draft changes',
      ),
    })
    .optional(),
});
