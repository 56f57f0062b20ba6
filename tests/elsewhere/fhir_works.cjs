// npm fhir-works-on-aws-routing around the US Core examples of the folder that is its argument.
process.env.AWS_REGION ??= 'local';
process.env.IS_OFFLINE ??= 'true';
process.env.AWS_XRAY_CONTEXT_MISSING ??= 'IGNORE_ERROR';
const http = require('node:http');
const { generateServerlessRouter } = require('fhir-works-on-aws-routing');
const { ResourceNotFoundError, stubs } = require('fhir-works-on-aws-interface');
const { STATED, examples, page, serve } = require('./us_core.cjs');

const all = examples(process.argv[2]);
const types = [...new Set([...all.values()].map((one) => one.resourceType))];
const persistence = {
  updateCreateSupported: false,
  readResource: async ({ resourceType, id }) => {
    const resource = all.get(`${resourceType}/${id}`);
    if (!resource) {
      throw new ResourceNotFoundError(resourceType, id);
    }
    return { message: '', resource };
  },
};
const typeSearch = {
  getCapabilities: async () => Object.fromEntries(types.map((type) => [type, { searchParam: STATED.map((name) => ({ name, type: 'string' })) }])),
  typeSearch: async ({ resourceType, queryParams, baseUrl }) => {
    const { total, resources, next } = page(all, resourceType, queryParams);
    const entries = resources.map((resource) => ({ search: { mode: 'match' }, fullUrl: `${baseUrl}/${resourceType}/${resource.id}`, resource }));
    const nextResultUrl = next && `${baseUrl}/${resourceType}?${next}`;
    return { result: { numberOfResults: total, entries, message: '', nextResultUrl } };
  },
};

function router(url) {
  return generateServerlessRouter({
    configVersion: 1,
    validators: [],
    productInfo: { orgName: 'Elsewhere' },
    auth: { strategy: {}, authorization: stubs.passThroughAuthz },
    server: { url },
    logging: { level: 'error' },
    profile: {
      systemOperations: [],
      fhirVersion: '4.0.1',
      bundle: stubs.bundle,
      systemSearch: stubs.search,
      systemHistory: stubs.history,
      genericResource: { operations: ['read', 'search-type'], fhirVersions: ['4.0.1'], persistence, typeSearch, typeHistory: stubs.history },
    },
  }, types);
}

const server = http.createServer((request, response) => app(request, response));
let app;
server.on('listening', () => { app = router(`http://127.0.0.1:${server.address().port}`); });
serve(server);
