// The npm packages live in a cache outside git (INTEG_REAL_DIR), where Node's own lookup does not find them.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export function load(name) {
  const dir = path.join(process.env.INTEG_REAL_DIR, 'node_modules', name);
  const about = JSON.parse(fs.readFileSync(path.join(dir, 'package.json'), 'utf8'));
  const main = about.exports?.['.'] ?? about.exports ?? about.main;
  const pick = (entry) => (typeof entry === 'string' ? entry : pick(entry.import ?? entry.default));
  return import(pathToFileURL(path.join(dir, pick(main))));
}
