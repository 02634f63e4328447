/** The plugin of `@clawharbor/openclaw-plugin`, text by path: `build-bundle.ts` puts it here. */
declare const PLUGIN_FILES: Readonly<Record<string, string>> | undefined;

/** @returns undefined where the sources run as they are: on no instance */
export function bundledPlugin(): Readonly<Record<string, string>> | undefined {
  return typeof PLUGIN_FILES === 'object' ? PLUGIN_FILES : undefined;
}
