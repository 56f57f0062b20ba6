// A SMART server of a few lines around npm oidc-provider: its sign-in, its device grant, its pages, and one patient an account.
// Prints its port as one line of JSON; ends with its standard input. POST /later?seconds=N moves its clock on.
import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

console.info = console.warn = () => {}; // what it advises those who run it for real
const main = pathToFileURL(createRequire(import.meta.url).resolve('oidc-provider'));
const { default: Provider, errors } = await import(main);
const { default: MemoryAdapter } = await import(new URL('adapters/memory_adapter.js', main));

const CODE = 'authorization_code';
const REFRESH = 'refresh_token';
const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code';
const KEPT = 'keeps-its-refresh-token';
const PACE = 12; // seconds between two questions for one device code, more than the five that a client begins with
const OVER = 60; // seconds for which a code that has run out is still known as one

const now = Date.now;
let ahead = 0;
Date.now = () => now() + ahead * 1000;

const path = new AsyncLocalStorage(); // of the request that is being answered

// The provider leaves `slow_down` (RFC 8628, 3.5) to whoever keeps its codes, and calls one unknown that is kept no longer.
function deviceCodes(kept) {
  const asked = new Map();
  return Object.assign(Object.create(kept), {
    upsert: (id, code, seconds) => kept.upsert(id, code, seconds + OVER),
    findByUserCode: (code) => kept.findByUserCode(code),
    find: (id) => {
      const before = asked.get(id) ?? -Infinity;
      if (path.getStore() === '/token') {
        asked.set(id, Date.now());
        if (Date.now() - before < PACE * 1000) {
          throw new errors.SlowDown();
        }
      }
      return kept.find(id);
    },
  });
}

function client(id) {
  return {
    client_id: id, client_name: 'A terminal client', application_type: 'native', token_endpoint_auth_method: 'none',
    grant_types: [CODE, REFRESH, DEVICE], response_types: ['code'], redirect_uris: ['http://127.0.0.1/callback'],
  };
}

function configuration(base) {
  return {
    adapter: (model) => (model === 'DeviceCode' ? deviceCodes(new MemoryAdapter(model)) : new MemoryAdapter(model)),
    clients: [client('genesis-tui'), client(KEPT)],
    scopes: ['openid', 'offline_access', 'launch/patient', 'patient/*.rs'],
    claims: { openid: ['sub'], fhirUser: ['fhirUser', 'name'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of no worth'] },
    features: { deviceFlow: { enabled: true }, revocation: { enabled: true } },
    ttl: { AccessToken: 570, DeviceCode: 600, IdToken: 570, Interaction: 600, Session: 3600, Grant: 86400, RefreshToken: 86400 },
    issueRefreshToken: (_, asking) => asking.grantTypeAllowed(REFRESH),
    rotateRefreshToken: (ctx) => ctx.oidc.client.clientId !== KEPT,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: `Signed-in ${id}`, fhirUser: `${base}/Patient/${id}` }) }),
  };
}

const statement = {
  resourceType: 'CapabilityStatement', status: 'active', kind: 'instance', fhirVersion: '4.0.1', format: ['json'],
  rest: [{ mode: 'server', resource: [{ type: 'Patient', interaction: [{ code: 'read' }, { code: 'search-type' }] }] }],
};

function patient(id) {
  return { resourceType: 'Patient', id, name: [{ family: 'Elsewhere', given: [id] }], gender: 'female', birthDate: '1990-02-03' };
}

async function fhir(provider, issuer, request) {
  const path = new URL(request.url, issuer).pathname.slice('/fhir'.length);
  if (path === '/metadata') {
    return [200, statement];
  }
  if (path === '/.well-known/smart-configuration') {
    const own = await fetch(`${issuer}/.well-known/openid-configuration`);
    return [200, { ...await own.json(), capabilities: ['launch-standalone', 'client-public', 'context-standalone-patient', 'permission-v2'] }];
  }
  const token = await provider.AccessToken.find((request.headers.authorization ?? '').replace(/^Bearer /, ''));
  if (!token?.isValid || !token.scopes.has('patient/*.rs')) {
    return [401, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] }];
  }
  const own = patient(token.accountId);
  const bundle = { resourceType: 'Bundle', type: 'searchset', entry: [{ resource: own }] };
  const found = { '/Patient': bundle, [`/Patient/${own.id}`]: own }[path];
  return found ? [200, found] : [404, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'not-found' }] }];
}

function serve(provider, issuer) {
  const pages = provider.callback();
  return (request, response) => {
    if (request.url.startsWith('/later?')) {
      ahead += Number(new URL(request.url, issuer).searchParams.get('seconds'));
      response.end();
    } else if (request.url.startsWith('/fhir/')) {
      fhir(provider, issuer, request).then(([status, tree]) => {
        response.writeHead(status, { 'Content-Type': 'application/fhir+json' });
        response.end(JSON.stringify(tree));
      });
    } else {
      pages(request, response);
    }
  };
}

const server = http.createServer();
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const issuer = `http://127.0.0.1:${port}`;
  const provider = new Provider(issuer, configuration(`${issuer}/fhir`));
  provider.use(async (ctx, next) => {
    await path.run(ctx.path, next);
    if (ctx.oidc?.route === 'token' && ctx.body?.access_token) {
      ctx.body.patient = ctx.oidc.account.accountId; // SMART App Launch: whose record the token opens
    }
  });
  server.on('request', serve(provider, issuer));
  console.log(JSON.stringify({ port }));
});
process.stdin.on('end', () => process.exit(0)).resume();
