import * as z from 'zod';
import { must } from './must.ts';

const text = (accepts: (value: string) => boolean, what: string) =>
  z.string().refine(...must<string>(accepts, 'OLLAMA_INVALID', (shown) => `${shown} is not ${what}.`));

export const ollamaOptions = z.strictObject({
  version: text((version) => /^\d+\.\d+\.\d+$/.test(version), 'a version of Ollama, as in 0.12.3'),
  sha256: text(
    (digest) => /^[0-9a-f]{64}$/.test(digest),
    'a SHA-256: 64 hex digits in lower case, from sha256sum.txt of the release',
  ),
  url: z
    .string()
    // The value is not shown: it may hold the very password.
    .refine(
      ...must<string>(
        isArchive,
        'OLLAMA_INVALID',
        'Give an http or https URL without a user and a password in it: it stands in the template.',
      ),
    )
    .optional(),
  models: z
    .array(
      // A name of the library, perhaps with a registry before and a tag behind it.
      text(
        (model) => /^[a-z0-9][\w.-]*(:\d+)?(\/[\w.-]+)*(:[\w.-]+)?$/i.test(model),
        'the name of a model, as in llama3.2:3b',
      ),
    )
    .default([]),
});

function isArchive(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}
