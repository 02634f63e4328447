/** A function of the programs that run as the gateway's user: removes also what an agent has closed to itself. */
export const removeShut = `
async function remove(path) {
  const once = () => rm(path, { recursive: true, force: true });
  await once().catch(async () => {
    await unlock(path);
    await once();
  });
}

async function unlock(path) {
  if (!(await lstat(path)).isDirectory()) return;
  await chmod(path, 0o700);
  for (const name of await readdir(path)) await unlock(join(path, name));
}
`;
