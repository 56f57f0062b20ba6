// The US Core examples of a folder in memory, searched as servers do: for what needs data to serve.
const fs = require('node:fs');
const path = require('node:path');

const PAGE = 20;
const STATED = ['_id', '_lastUpdated', '_count', 'patient', 'category', 'name', 'birthdate', 'target'];

function examples(folder) {
  const found = new Map();
  for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.json')).sort()) {
    const resource = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
    const lastUpdated = '2026-01-01T00:00:00.000Z';
    found.set(`${resource.resourceType}/${resource.id}`, { ...resource, meta: { lastUpdated, versionId: '1', ...resource.meta } });
  }
  return found;
}

const listed = (value) => (Array.isArray(value) ? value : value === undefined ? [] : [value]);
const codes = (concepts) => listed(concepts).flatMap((one) => listed(one.coding)).map((coding) => coding.code);

function fits(resource, { patient, category, name, _id: id, target }) {
  const owner = (resource.subject ?? resource.patient ?? resource.beneficiary)?.reference;
  const names = listed(resource.name).flatMap((one) => [...listed(one.given), one.family]).join(' ').toLowerCase();
  return (!patient || owner === `Patient/${patient.replace(/^Patient\//, '')}`)
    && (!category || category.split(',').some((one) => codes(resource.category).includes(one.split('|').pop())))
    && (!name || names.includes(name.toLowerCase()))
    && (!target || listed(resource.target).some((one) => target.split(',').includes(one.reference)))
    && (!id || id.split(',').includes(resource.id));
}

// One page of a type, how many there are, and where the next page begins.
function page(all, type, query) {
  const found = [...all.values()].filter((one) => one.resourceType === type && fits(one, query));
  const count = Math.min(PAGE, Number(query._count ?? PAGE));
  const offset = Number(query._offset ?? 0);
  const next = offset + count < found.length ? new URLSearchParams({ ...query, _offset: String(offset + count) }) : undefined;
  return { total: found.length, resources: found.slice(offset, offset + count), next };
}

// Tells the port as one line of JSON; the process ends with its standard input.
function serve(server) {
  server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
  process.stdin.on('end', () => process.exit(0)).resume();
}

module.exports = { STATED, examples, page, serve };
