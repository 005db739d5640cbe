// What a test may ask of a server beside its protocol: what happened, what to break, which secrets were handed out.
//   GET  /_test/events[?since=N]   everything noted, in order
//   GET  /_test/secrets            every token, code and verifier seen: none of them may turn up where it does not belong
//   POST /_test/faults             {"path","delay_ms","fail":N,"status","retry_after","body","lose":N}  the last one set counts
//        fail: the next N requests to path are answered with status; lose: the next N are carried out, their answer never arrives
//   POST /_test/<name>             whatever the server registered with on()
import { setTimeout as sleep } from 'node:timers/promises';

export class Control {
  events = [];
  secrets = new Set();
  handlers = new Map();
  fault = {};

  note(type, more = {}) {
    this.events.push({ n: this.events.length, type, ...more });
  }

  secret(value) {
    if (typeof value === 'string' && value.length >= 16) this.secrets.add(value);
  }

  on(name, handler) {
    this.handlers.set(name, handler);
  }

  // True when the request was the control surface's own, or was answered by a fault.
  async takes(req, res, url) {
    if (url.pathname.startsWith('/_test/')) {
      await this.#answer(req, res, url);
      return true;
    }
    return this.#breaks(req, res, url);
  }

  async #answer(req, res, url) {
    const name = url.pathname.slice('/_test/'.length);
    if (req.method === 'GET' && name === 'events') return json(res, 200, this.events.slice(Number(url.searchParams.get('since') ?? 0)));
    if (req.method === 'GET' && name === 'secrets') return json(res, 200, [...this.secrets]);
    const wanted = JSON.parse((await text(req)) || '{}');
    if (name === 'faults') {
      this.fault = wanted;
      return json(res, 200, wanted);
    }
    const handler = this.handlers.get(name);
    return handler ? json(res, 200, (await handler(wanted)) ?? {}) : json(res, 404, { error: `no control named ${name}` });
  }

  async #breaks(req, res, url) {
    const fault = this.fault;
    if (fault.path !== url.pathname) return false;
    if (fault.delay_ms) await sleep(fault.delay_ms);
    if (fault.fail > 0) {
      fault.fail -= 1;
      this.note('fault', { path: url.pathname, status: fault.status });
      const headers = fault.retry_after === undefined ? {} : { 'retry-after': String(fault.retry_after) };
      req.resume();
      json(res, fault.status ?? 503, fault.body ?? { error: 'temporarily_unavailable' }, headers);
      return true;
    }
    if (fault.lose > 0) {
      fault.lose -= 1;
      this.note('lost', { path: url.pathname });
      res.end = () => req.socket.destroy();
    }
    return false;
  }
}

export async function text(req) {
  let all = '';
  for await (const part of req) all += part;
  return all;
}

export function json(res, status, body, headers = {}) {
  res.writeHead(status, { 'content-type': 'application/json', ...headers });
  res.end(JSON.stringify(body));
}

// A server must not outlive the test that started it, even when that test is killed.
export function endWithParent() {
  process.stdin.on('end', () => process.exit(0)).resume();
}
