// A provider that knows nothing but its own published description, and refuses every request that the description forbids:
// prism.mjs PACKAGE/FILE. Prints "READY url"; notes each refusal as a "violation" with what prism says of it.
import { spawn } from 'node:child_process';
import http from 'node:http';
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
const cli = path.join(modules, '@stoplight/prism-cli/dist/index.js');
const prism = spawn(process.execPath, [cli, 'mock', '--errors', '-h', '127.0.0.2', '-p', String(port), path.join(modules, process.argv[2])], { stdio: 'ignore' });
process.on('exit', () => prism.kill());
while (!(await fetch(inner).then(() => true, () => false))) await sleep(50);
console.log(`READY http://127.0.0.1:${port}`);
endWithParent();

async function serve(req, res) {
  const url = new URL(req.url, inner);
  if (await control.takes(req, res, url)) return;
  const { host, connection, 'content-length': length, 'accept-encoding': encoding, ...headers } = req.headers;
  const body = ['GET', 'HEAD'].includes(req.method) ? undefined : await text(req);
  const answer = await fetch(url, { method: req.method, headers, body });
  const said = await answer.text();
  control.note('request', { method: req.method, path: url.pathname });
  if (!answer.ok) control.note('violation', { method: req.method, path: url.pathname, status: answer.status, said });
  res.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' });
  res.end(said);
}
