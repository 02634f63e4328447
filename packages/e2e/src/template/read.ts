import * as z from 'zod';
import { StandInError } from '../errors.ts';
import type { Resource } from './stack.ts';

/** The properties of a resource that a stand-in needs. @throws StandInError TEMPLATE_INVALID */
export function read<Schema extends z.ZodType>(schema: Schema, resource: Resource): z.output<Schema> {
  const parsed = schema.safeParse(resource.properties);
  if (parsed.success) return parsed.data;
  throw new StandInError(
    'TEMPLATE_INVALID',
    `Resource ${resource.logicalId} (${resource.type}):\n${z.prettifyError(parsed.error)}`,
  );
}
