/** Shorter values would blacken ordinary words and are no secrets. */
const shortest = 4;

/** Takes secret values out of a text, in the forms that logs give them: as they are, line by line, and escaped. */
export function redact(text: string, secrets: Readonly<Record<string, string>>): string {
  const forms = Object.values(secrets)
    .flatMap((value) => [
      value,
      ...value.split(/\r?\n/),
      JSON.stringify(value).slice(1, -1),
      encodeURIComponent(value),
    ])
    .filter((form) => form.length >= shortest)
    // The longest first: one value may be a part of another.
    .toSorted((a, b) => b.length - a.length);
  let result = text;
  for (const form of new Set(forms)) result = result.replaceAll(form, '***');
  return result;
}
