// Who was granted what: codes and tokens by their request, so that the gate can tell a live token from a dead or invented one.
export class Ledger {
  #asks = new Map();
  #codes = new Map();
  #tokens = new Map();
  #consented = new Set();

  constructor(control) {
    this.control = control;
  }

  asked(wanted) {
    this.#asks.set(wanted.state, wanted);
  }

  agreed(callback, account) {
    const code = callback.searchParams.get('code');
    this.control.secret(code);
    this.#codes.set(code, { ...this.#asks.get(callback.searchParams.get('state')), account });
  }

  asking(code) {
    return this.#codes.get(code);
  }

  // True the first time an account agrees to a client.
  firstTime({ account, client_id }) {
    const key = `${account} ${client_id}`;
    return !this.#consented.has(key) && this.#consented.add(key) && true;
  }

  issued(token, { account, scopes, lives, refresh }) {
    this.control.secret(token);
    this.control.secret(refresh);
    const entry = { account, scopes, until: lives === undefined ? Infinity : Date.now() + lives * 1000 };
    this.#tokens.set(token, entry);
    if (refresh) this.#tokens.set(refresh, { ...entry, until: Infinity });
  }

  of(token) {
    return this.#tokens.get(token);
  }

  alive(token) {
    const entry = this.#tokens.get(token);
    return entry && Date.now() < entry.until ? entry : undefined;
  }

  drop(token) {
    return this.#tokens.delete(token);
  }

  revokeAccount(account) {
    const theirs = [...this.#tokens].filter(([, entry]) => entry.account === account).map(([token]) => token);
    for (const token of theirs) this.#tokens.delete(token);
    return theirs.length;
  }
}
