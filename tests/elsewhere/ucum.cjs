// Which of the unit codes on standard input (a JSON array) npm @lhncbc/ucum-lhc does not take. Prints them as JSON.
const fs = require('node:fs');
const { UcumLhcUtils } = require('@lhncbc/ucum-lhc');

console.log = () => {}; // what it tells as it loads
const units = UcumLhcUtils.getInstance();
const codes = JSON.parse(fs.readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(codes.filter((code) => units.validateUnitString(code).status !== 'valid')));
