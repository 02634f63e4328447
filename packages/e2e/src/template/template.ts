/** The shape of a CloudFormation template: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/template-anatomy.html */
import * as z from 'zod';
import { StandInError } from '../errors.ts';

const templateSchema = z.object({
  Parameters: z
    .record(
      z.string(),
      z.object({ Type: z.string(), Default: z.union([z.string(), z.number()]).transform(String).optional() }),
    )
    .default({}),
  Mappings: z
    .record(
      z.string(),
      z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())]))),
    )
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Resources: z.record(
    z.string(),
    z.object({
      Type: z.string(),
      Condition: z.string().optional(),
      Properties: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
  Outputs: z
    .record(z.string(), z.object({ Value: z.unknown(), Condition: z.string().optional() }))
    .default({}),
});

export type Template = z.output<typeof templateSchema>;

/** @throws StandInError TEMPLATE_INVALID */
export function parseTemplate(template: unknown): Template {
  const parsed = templateSchema.safeParse(template);
  if (parsed.success) return parsed.data;
  throw new StandInError(
    'TEMPLATE_INVALID',
    `Not a CloudFormation template:\n${z.prettifyError(parsed.error)}`,
  );
}
