/** Whether a folder's node_modules holds what its package-lock.json says; npm notes after an install what is there. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export function isInstalled(folder) {
  const note = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(note)) return false
  const wanted = readPackages(join(folder, 'package-lock.json'))
  const present = readPackages(note)
  return Object.entries(wanted).every(([path, want]) => {
    if (!path.includes('node_modules/')) return true // the folder itself and workspaces
    if (present[path]) return present[path].version === want.version
    return want.optional === true || want.devOptional === true // made for another system
  })
}

function readPackages(path) {
  return JSON.parse(readFileSync(path, 'utf8')).packages
}
