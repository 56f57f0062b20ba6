// npm @asymmetrik/node-fhir-server-core around the US Core examples of the folder that is its argument.
const http = require('node:http');
const { Server, ServerError, resolveSchema } = require('@asymmetrik/node-fhir-server-core');
const { examples, page, serve } = require('./us_core.cjs');

const VERSION = '4_0_1';
const all = examples(process.argv[2]);
const Bundle = resolveSchema(VERSION, 'bundle');

function service(type) {
  const Resource = resolveSchema(VERSION, type.toLowerCase());
  return {
    search: async (args, { req }) => {
      const { total, resources, next } = page(all, type, { ...req.query, ...(req.method === 'POST' ? req.body : {}) });
      const link = next ? [{ relation: 'next', url: `/${VERSION}/${type}?${next}` }] : [];
      return new Bundle({ type: 'searchset', total, link, entry: resources.map((one) => ({ resource: new Resource(one) })) });
    },
    searchById: async ({ id }) => {
      const found = all.get(`${type}/${id}`);
      if (!found) {
        throw new ServerError('not here', { statusCode: 404, issue: [{ severity: 'error', code: 'not-found' }] });
      }
      return new Resource(found);
    },
  };
}

const types = [...new Set([...all.values()].map((one) => one.resourceType))].filter((type) => type !== 'Bundle');
const profiles = Object.fromEntries(types.map((type) => [type.toLowerCase(), { service: service(type), versions: [VERSION] }]));
const core = new Server({ profiles, logging: { level: 'error' } })
  .configureMiddleware().configureHelmet().setProfileRoutes().setErrorRoutes();
serve(http.createServer(core.app));
