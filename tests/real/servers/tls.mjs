// A token endpoint behind TLS on one loopback port, steered through another without. Prints "READY control-url".
//   POST /_test/tls    {"key","cert","oldest","newest"}  paths of PEM files and TLS versions, from now on; answers with the port
//   POST /_test/grant  the tokens that are good now
// Refresh tokens are single-use.
import crypto from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { Control, endWithParent, json, text } from './control.mjs';

const control = new Control();
const grant = {};
const rotate = () => {
  for (const name of ['access_token', 'refresh_token']) control.secret((grant[name] = crypto.randomBytes(24).toString('hex')));
  return grant;
};
rotate();

const endpoint = https.createServer(async (req, res) => {
  control.note('request', { method: req.method, path: req.url });
  if (req.method === 'POST' && req.url === '/token') {
    const form = new URLSearchParams(await text(req));
    if (form.get('refresh_token') !== grant.refresh_token) return json(res, 400, { error: 'invalid_grant' });
    return json(res, 200, { ...rotate(), token_type: 'Bearer', expires_in: 3600 });
  }
  const known = req.headers.authorization === `Bearer ${grant.access_token}`;
  return known ? json(res, 200, { sub: 'alice', email: 'alice@example.com' }) : json(res, 401, { error: 'invalid_token' });
});
await new Promise((ready) => endpoint.listen(0, '127.0.0.1', ready));

control.on('grant', () => grant);
control.on('tls', ({ key, cert, oldest, newest }) => {
  endpoint.setSecureContext({
    key: fs.readFileSync(key),
    cert: fs.readFileSync(cert),
    minVersion: oldest,
    maxVersion: newest,
    // Where versions older than 1.2 are asked for, their ciphers must be allowed too.
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  return { port: endpoint.address().port };
});

const server = http.createServer(async (req, res) => {
  if (!(await control.takes(req, res, new URL(req.url, 'http://127.0.0.1')))) res.writeHead(404).end();
});
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
console.log(`READY http://127.0.0.1:${server.address().port}`);
endWithParent();
