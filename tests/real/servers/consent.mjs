#!/usr/bin/env node
// Plays the person and the browser: consent.mjs [--user NAME] [--deny] [--no-deliver] URL
// Follows redirects on loopback hosts, submits the forms it meets, and delivers the answer to redirect_uri.
// Prints one JSON line: {"callback","status","page"}; callback is null where the pages simply end (device sign-in).
import { once } from 'node:events';
import http from 'node:http';
import { parseArgs } from 'node:util';

const { values: wish, positionals } = parseArgs({
  allowPositionals: true,
  options: { user: { type: 'string', default: 'alice' }, deny: { type: 'boolean' }, 'no-deliver': { type: 'boolean' }, until: { type: 'string' } },
});
const start = positionals[0];
// A pushed authorization request keeps redirect_uri to itself; --until names it then.
const end = wish.until ?? new URL(start).searchParams.get('redirect_uri');
const jar = new Map();

const plain = (url) => String(url).split(/[?#]/)[0].replace(/\/$/, '');
const isEnd = (url) => (end ? plain(url) === plain(end) : new URL(url).port !== new URL(start).port);
const decode = (s) => s.replace(/&#x([0-9a-f]+);/gi, (_, x) => String.fromCodePoint(parseInt(x, 16))).replace(/&#(\d+);/g, (_, d) => String.fromCodePoint(d)).replace(/&quot;/g, '"').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
const attr = (tag, name) => decode(new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]*))`, 'i').exec(tag)?.slice(1).find((v) => v !== undefined) ?? '');

// What a browser says of a page that a person goes to; a listener may look at it.
const navigation = { 'sec-fetch-dest': 'document', 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site', 'sec-fetch-user': '?1', accept: 'text/html,*/*;q=0.8' };

async function visit(url, form) {
  if (!['127.0.0.1', 'localhost', '[::1]'].includes(new URL(url).hostname)) throw new Error(`${url} is not on this machine`);
  const headers = { ...navigation };
  if (jar.size) headers.cookie = [...jar].map(([k, v]) => `${k}=${v}`).join('; ');
  if (form) headers['content-type'] = 'application/x-www-form-urlencoded';
  const request = http.request(url, { method: form ? 'POST' : 'GET', headers, agent: false });
  request.end(form?.toString());
  const [answer] = await once(request, 'response');
  for (const line of answer.headers['set-cookie'] ?? []) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    if (/expires=thu, 01 jan 1970/i.test(line)) jar.delete(name);
    else jar.set(name, value);
  }
  let page = '';
  for await (const part of answer.setEncoding('utf8')) page += part;
  return { status: answer.statusCode, location: answer.headers.location, page };
}

function say(result) {
  console.log(JSON.stringify(result));
  process.exit(0);
}

async function deliver(url) {
  if (wish['no-deliver']) say({ callback: String(url) });
  const answer = await visit(url);
  say({ callback: String(url), status: answer.status, page: answer.page });
}

function formToSubmit(page, base) {
  const forms = [...page.matchAll(/<form\b[\s\S]*?<\/form>/gi)].map((m) => m[0]);
  const form = forms.find((f) => f.toLowerCase().includes(wish.user.toLowerCase())) ?? forms[0];
  if (!form) return null;
  const open = /<form\b[^>]*>/i.exec(form)[0];
  const fields = new URLSearchParams();
  const guess = { login: wish.user, username: wish.user, password: 'any' };
  for (const [tag] of form.matchAll(/<(?:input|button)\b[^>]*>/gi)) {
    const name = attr(tag, 'name');
    if (name) fields.append(name, guess[name] ?? attr(tag, 'value'));
  }
  return { url: new URL(attr(open, 'action') || base, base), fields, post: /^post$/i.test(attr(open, 'method')) };
}

let answer = await visit(start);
let at = start;
for (let step = 0; step < 20; step += 1) {
  if (answer.location) {
    at = new URL(answer.location, at).href;
    if (isEnd(at)) await deliver(at);
    answer = await visit(at);
    continue;
  }
  const { page } = answer;
  const cancel = wish.deny && [...page.matchAll(/<a\b[^>]*>([\s\S]*?)<\/a>/gi)].find((m) => /cancel|deny/i.test(m[1]));
  if (cancel) {
    at = new URL(attr(cancel[0], 'href'), at).href;
    if (isEnd(at)) await deliver(at);
    answer = await visit(at);
    continue;
  }
  const form = formToSubmit(page, at);
  if (!form) say({ callback: null, status: answer.status, page });
  at = form.url.href;
  answer = form.post ? await visit(at, form.fields) : await visit(`${at}?${form.fields}`);
}
throw new Error('no end to the pages');
