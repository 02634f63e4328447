/** Where a person begins: at `/` a new browser lands in the main session, which belongs to whoever wrote there first. */
export function startPage(url: string): string {
  return `${url}/new`;
}
