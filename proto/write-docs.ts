/** Writes the documents that are printed from the tables to docs/. With --check it writes nothing and reports what is stale. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { documents } from './src/document.ts'

// Compiled to proto/dist/, two folders below the root.
const folder = new URL('../../docs/', import.meta.url)

export interface DocumentFile {
  readonly name: string
  readonly path: string
  readonly text: string
  readonly isStale: boolean
}

/** Every printed document as it should be, and whether the file in docs/ differs. */
export async function documentFiles(): Promise<readonly DocumentFile[]> {
  return Promise.all(
    [...documents()].map(async ([name, raw]) => {
      const path = fileURLToPath(new URL(name, folder))
      const text = await format(raw, { filepath: name })
      return { name, path, text, isStale: readOrEmpty(path) !== text }
    }),
  )
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stale = (await documentFiles()).filter(({ isStale }) => isStale)
  if (process.argv.includes('--check')) {
    for (const { name } of stale) console.error(`docs/${name} is stale: npm run docs`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else {
    mkdirSync(folder, { recursive: true })
    for (const { path, text } of stale) writeFileSync(path, text)
  }
}
