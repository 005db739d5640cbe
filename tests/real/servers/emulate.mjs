// emulate (npm) behind a gate that makes it as strict as the real provider: emulate.mjs google|slack|microsoft|github|linear. Prints "READY url".
// As published it accepts any bearer token, never expires one, ignores PKCE at Slack and wants an exact loopback port.
//   ACCESS_TTL  seconds an access token lives and says it lives (3600; Slack says none and lives on)
import { endWithParent } from './control.mjs';
import { seed } from './emulate-seed.mjs';
import { Gate } from './gate.mjs';
import { load } from './packages.mjs';

const service = process.argv[2];
const { strict } = await import(`./strict-${service}.mjs`);
const { createEmulator } = await load('emulate');
const gate = new Gate(strict, Number(process.env.ACCESS_TTL ?? 3600));
const port = await gate.listen();
// The same port on a neighbouring loopback address: nobody but the gate is told of it.
await createEmulator({ service, port, hostname: gate.inner, baseUrl: gate.url, seed });
console.log(`READY ${gate.url}`);
endWithParent();
