// A real Chromium plays the person: browse.mjs URL SHOT [--user NAME] [--deny]
// Clicks through the provider's pages, ends on the callback page, keeps SHOT-light.png and SHOT-dark.png, prints one JSON line:
// {"url","title","text","console":[...],"requests":[...]}: what the browser complained of, what the last page asked for beyond itself.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { load } from './packages.mjs';

const { values: wish, positionals } = parseArgs({ allowPositionals: true, options: { user: { type: 'string', default: 'alice' }, deny: { type: 'boolean' } } });
const [start, shot] = positionals;
const end = new URL(start).searchParams.get('redirect_uri');
const ended = (url) => String(url).split('?')[0].replace(/\/$/, '') === end.replace(/\/$/, '');

const { chromium } = await load('playwright-core');
const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'browse-'));
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const resolver = '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1';
const context = await chromium.launchPersistentContext(profile, { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', headless: true, viewport: { width: 960, height: 640 }, args: [...flags, resolver] });
try {
  const page = context.pages()[0] ?? (await context.newPage());
  const heard = [];
  const requests = [];
  // Chromium reports the status of a page that tells of a failure as if the page itself were broken.
  const ownStatus = (message) => ended(message.location().url) && message.text().startsWith('Failed to load resource');
  page.on('console', (message) => ended(page.url()) && ['error', 'warning'].includes(message.type()) && !ownStatus(message) && heard.push(message.text()));
  page.on('pageerror', (error) => heard.push(String(error)));
  page.on('request', (request) => ended(page.url()) && !ended(request.url()) && requests.push(request.url()));

  await page.goto(start, { waitUntil: 'load' });
  for (let step = 0; !ended(page.url()); step += 1) {
    if (step === 10) throw new Error(`no end to the pages: ${page.url()}`);
    for (const [name, value] of [['login', wish.user], ['password', 'any']]) {
      const field = page.locator(`input[name=${name}]`);
      if (await field.count()) await field.first().fill(value);
    }
    const cancel = page.getByText(/cancel/i).first();
    const mine = page.locator('button[type=submit]').filter({ hasText: new RegExp(wish.user, 'i') }).first();
    const any = page.locator('button[type=submit], input[type=submit]').first();
    const target = wish.deny && (await cancel.count()) ? cancel : (await mine.count()) ? mine : any;
    const before = page.url();
    await Promise.all([page.waitForURL((url) => String(url) !== before, { waitUntil: 'load', timeout: 20000 }), target.click()]);
  }
  fs.mkdirSync(path.dirname(shot), { recursive: true });
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: `${shot}-${colorScheme}.png` });
  }
  const text = await page.innerText('body');
  console.log(JSON.stringify({ url: page.url(), title: await page.title(), text, console: heard, requests }));
} finally {
  await context.close();
  fs.rmSync(profile, { recursive: true, force: true });
}
