import { writeFile } from 'node:fs/promises';
import { page, renderPage } from './page.ts';

await writeFile(page, await renderPage());
