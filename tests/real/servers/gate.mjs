// Stands before an emulator: passes requests on, with what `strict` adds before and after.
//   strict.authorize, .consent, .token, .revoke  the paths of the four OAuth steps, or patterns of them
//   strict.inner(path)       where the emulator has it, if elsewhere
//   strict.checks(ask, form) an answer that refuses a token request which the emulator would take
//   strict.exact             the emulator compares the redirect URI at every step, not only at the first
//   strict.pushes(form), .grants(form, grant, gate), .revokes(ask, gate), .refuses(url, known), .shows(url, token, answer, gate)
//   say what the real provider does there
import { createHash } from 'node:crypto';
import http from 'node:http';
import { Control, text } from './control.mjs';
import { registered } from './emulate-seed.mjs';
import { Ledger } from './ledger.mjs';

const escape = (s) => s.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

export class Gate {
  control = new Control();
  ledger = new Ledger(this.control);
  inner = '127.0.0.2';
  without = [];

  constructor(strict, ttl) {
    this.strict = strict;
    this.ttl = ttl;
    this.control.on('ttl', ({ access, says }) => ((this.ttl = access ?? this.ttl), (this.says = says), {}));
    // The scopes that the person unticks from now on.
    this.control.on('untick', ({ scopes }) => ((this.without = scopes), {}));
    this.control.on('revoke', ({ account }) => ({ revoked: this.ledger.revokeAccount(account) }));
  }

  async listen() {
    const server = http.createServer((req, res) => this.#serve(req, res).catch((error) => (console.error(error), res.destroy())));
    await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
    this.port = server.address().port;
    this.url = `http://127.0.0.1:${this.port}`;
    return this.port;
  }

  async #serve(req, res) {
    const url = new URL(req.url, this.url);
    if (!url.pathname.startsWith('/_test/')) this.control.note('request', { method: req.method, path: url.pathname, query: Object.fromEntries(url.searchParams) });
    if (await this.control.takes(req, res, url)) return;
    const ask = { method: req.method, url, headers: { ...req.headers }, body: await text(req) };
    const leads = (to) => to === url.pathname || (to instanceof RegExp && to.test(url.pathname));
    const step = ['authorize', 'consent', 'token', 'revoke'].find((name) => leads(this.strict[name]));
    const answer = await (step ? this[step](ask) : this.api(ask));
    res.writeHead(answer.status, answer.headers);
    res.end(answer.body);
  }

  async forward({ method, url, headers, body }) {
    const { host, connection, 'content-length': length, 'accept-encoding': encoding, ...rest } = headers;
    const path = this.strict.inner?.(url.pathname) ?? url.pathname;
    const answer = await fetch(`http://${this.inner}:${this.port}${path}${url.search}`, {
      method,
      redirect: 'manual',
      headers: rest,
      body: ['GET', 'HEAD'].includes(method) ? undefined : body,
    });
    const kept = Object.fromEntries([...answer.headers].filter(([name]) => !/^(content-length|content-encoding|transfer-encoding|connection|date)$/.test(name)));
    return { status: answer.status, headers: kept, body: await answer.text() };
  }

  async authorize(ask) {
    const wanted = Object.fromEntries(ask.url.searchParams);
    const back = new URL(wanted.redirect_uri);
    this.ledger.asked(wanted);
    // Real providers let a loopback client come back to any port.
    if (['127.0.0.1', 'localhost', '[::1]'].includes(back.hostname)) ask.url.searchParams.set('redirect_uri', registered);
    const page = await this.forward(ask);
    back.search = new URLSearchParams({ error: 'access_denied', state: wanted.state ?? '' });
    const cancel = `<p><a href="${escape(back.href)}">Cancel</a></p></body>`;
    return { ...page, body: page.body.replaceAll(registered, escape(wanted.redirect_uri)).replace('</body>', cancel) };
  }

  async consent(ask) {
    const form = new URLSearchParams(ask.body);
    for (const field of ['scope', 'user_scope']) {
      if (form.has(field)) form.set(field, form.get(field).split(/([ ,])/).filter((part) => !this.without.includes(part)).join('').replace(/([ ,])+/g, '$1'));
    }
    const back = form.get('redirect_uri');
    if (this.strict.exact) form.set('redirect_uri', registered);
    const answer = await this.forward({ ...ask, body: form.toString() });
    const account = ['email', 'user_id', 'login', 'user_ref'].map((name) => form.get(name)).find(Boolean);
    if (this.strict.exact) answer.headers.location = answer.headers.location.replace(registered, back);
    this.ledger.agreed(new URL(answer.headers.location), account);
    return answer;
  }

  async token(ask) {
    const form = new URLSearchParams(ask.body);
    const refusal = this.strict.checks?.(ask, form);
    if (refusal) return refusal;
    if (form.has('code')) {
      const asked = this.ledger.asking(form.get('code'));
      const hash = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
      const wrong = !asked || asked.redirect_uri !== form.get('redirect_uri') || asked.code_challenge_method !== 'S256' || asked.code_challenge !== hash;
      this.control.secret(form.get('code_verifier'));
      if (wrong) return this.strict.rejects('code');
      if (this.strict.exact) form.set('redirect_uri', registered);
    }
    this.control.note('token', { grant_type: form.get('grant_type') });
    const answer = await this.forward({ ...ask, body: this.strict.pushes(form).toString() });
    const grant = JSON.parse(answer.body);
    return { ...answer, body: JSON.stringify(this.strict.grants(form, grant, this)) };
  }

  async revoke(ask) {
    return this.strict.revokes(ask, this);
  }

  async api(ask) {
    const token = /^Bearer (.+)$/i.exec(ask.headers.authorization ?? '')?.[1];
    const known = token && this.ledger.alive(token);
    const refusal = ask.headers.authorization ? this.strict.refuses(ask.url, known) : null;
    if (refusal) return refusal;
    const answer = await this.forward(ask);
    return this.strict.shows ? this.strict.shows(ask.url, token, answer, this) : answer;
  }
}

export const reply = (status, body) => ({ status, headers: { 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) });
