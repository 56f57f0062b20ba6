// A patient's app around npm fhirclient: /launch starts its SMART sign-in, /callback ends it and counts the labs.
// Takes the FHIR base as its argument; prints its port as one line of JSON; ends with its standard input.
const http = require('node:http');
const smart = require('fhirclient');

const iss = process.argv[2];
const kept = new Map();
const storage = {
  get: async (key) => kept.get(key),
  set: async (key, value) => { kept.set(key, value); return value; },
  unset: async (key) => kept.delete(key),
};
const options = { iss, clientId: 'growth-chart-app', scope: 'openid fhirUser launch/patient patient/*.rs', redirectUri: '/callback', pkceMode: 'required' };

async function labs(client) {
  const query = `Observation?patient=${client.patient.id}&category=laboratory&_count=10`;
  const all = await client.request(query, { pageLimit: 0, flat: true });
  return { patient: client.patient.id, user: client.user.fhirUser, ids: all.map((lab) => lab.id) };
}

async function answer(request, response) {
  const api = smart(request, response, storage);
  if (request.url.startsWith('/launch')) {
    return api.authorize(options);
  }
  const told = await labs(await api.ready());
  response.writeHead(200, { 'Content-Type': 'application/json' });
  return response.end(JSON.stringify(told));
}

const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.writeHead(500);
    response.end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
process.stdin.on('end', () => process.exit(0)).resume();
