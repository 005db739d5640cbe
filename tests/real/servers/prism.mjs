// A provider that knows nothing but its own published description, and refuses every request that the description forbids:
// prism.mjs PACKAGE/FILE [CORRECTIONS]. Prints "READY url"; notes each refusal as a "violation" with what prism says of it.
// CORRECTIONS: [["/json/pointer", value], …] where the description is behind its own API.
// POST /_test/answers {"METHOD /path": body}: what is said once the request was found good, where the description has no example.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Control, endWithParent, text } from './control.mjs';

const control = new Control();
const modules = path.join(process.env.INTEG_REAL_DIR, 'node_modules');
const server = http.createServer((req, res) => serve(req, res).catch((error) => (console.error(error), res.destroy())));
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const { port } = server.address();
// The same port on a neighbouring loopback address.
const inner = `http://127.0.0.2:${port}`;
const published = path.join(modules, process.argv[2]);
const file = corrected(published, JSON.parse(process.argv[3] ?? '[]'));
let answers = {};
control.on('answers', (wanted) => (answers = wanted));
const cli = path.join(modules, '@stoplight/prism-cli/dist/index.js');
const prism = spawn(process.execPath, [cli, 'mock', '--errors', '-h', '127.0.0.2', '-p', String(port), file], { stdio: 'ignore' });
process.on('exit', () => (prism.kill(), file !== published && fs.rmSync(path.dirname(file), { recursive: true, force: true })));
endWithParent();
prism.on('exit', () => process.exit(1));
while (!(await fetch(inner).then(() => true, () => false))) await sleep(50);
console.log(`READY http://127.0.0.1:${port}`);

async function serve(req, res) {
  const url = new URL(req.url, inner);
  if (await control.takes(req, res, url)) return;
  const { host, connection, 'content-length': length, 'accept-encoding': encoding, ...headers } = req.headers;
  const body = ['GET', 'HEAD'].includes(req.method) ? undefined : await text(req);
  const answer = await fetch(url, { method: req.method, headers, body });
  const said = (answer.ok && answers[`${req.method} ${url.pathname}`] !== undefined)
    ? (await answer.text(), JSON.stringify(answers[`${req.method} ${url.pathname}`])) : await answer.text();
  control.note('request', { method: req.method, path: url.pathname });
  if (!answer.ok) control.note('violation', { method: req.method, path: url.pathname, status: answer.status, said });
  res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
  res.end(said);
}

function corrected(file, corrections) {
  if (corrections.length === 0) return file;
  const whole = JSON.parse(fs.readFileSync(file, 'utf8'));
  for (const [pointer, value] of corrections) {
    const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop();
    const at = steps.reduce((own, step) => own[step], whole);
    if (at[last] === undefined) throw new Error(`nothing to correct at ${pointer}`);
    at[last] = value;
  }
  const copy = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'prism-')), 'openapi.json');
  fs.writeFileSync(copy, JSON.stringify(whole));
  return copy;
}
