// A patient's labs, page by page, as the npm client that is its argument follows links. Standard input: token, patient and base
// in JSON, so that the token stands in no list of processes. Prints the ids as JSON.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const { token, patient, base } = JSON.parse(fs.readFileSync(0, 'utf8'));
const query = { patient, category: 'laboratory', _count: '10' };

async function kit() {
  const main = path.join(process.env.NODE_PATH, 'fhir-kit-client', 'dist', 'index.js');
  const { Client } = await import(pathToFileURL(main));
  const client = new Client({ baseUrl: base, bearerToken: token });
  const ids = [];
  for (let page = await client.search({ resourceType: 'Observation', searchParams: query }); page; page = await client.nextPage({ bundle: page })) {
    ids.push(...(page.entry ?? []).map((entry) => entry.resource.id));
  }
  return ids;
}

async function medplum() {
  const { MedplumClient } = createRequire(import.meta.url)('@medplum/core');
  const { origin, pathname } = new URL(base);
  const client = new MedplumClient({ baseUrl: `${origin}/`, fhirUrlPath: pathname.slice(1), fetch, cacheTime: 0 });
  client.setAccessToken(token);
  const ids = [];
  for await (const page of client.searchResourcePages('Observation', query)) {
    ids.push(...page.map((lab) => lab.id));
  }
  return ids;
}

console.log(JSON.stringify(await { kit, medplum }[process.argv[2]]()));
