// A calendar on npm ical.js: takes the files on standard input (a JSON array of texts) one after the other, and prints
// the events that it has then. It knows no zone but those of the file, and of two events with one UID it keeps the newer
// (RFC 5546, 2.1.5).
const fs = require('node:fs');
const ICAL = require('ical.js');

function instant(time) {
    if (time.zone.tzid === 'floating') throw new Error(`${time} is in a zone that the file does not tell`);
    return time.toUnixTime();
}

function events(text) {
    const file = new ICAL.Component(ICAL.parse(text));
    ICAL.TimezoneService.reset();
    file.getAllSubcomponents('vtimezone').forEach((zone) => ICAL.TimezoneService.register(zone));
    return file.getAllSubcomponents('vevent').map((component) => {
        const { uid, sequence, summary, startDate, endDate } = new ICAL.Event(component);
        const [status, stamp] = ['status', 'dtstamp'].map((name) => component.getFirstPropertyValue(name));
        const times = { start: instant(startDate), end: instant(endDate), stamp: instant(stamp) };
        return { uid, sequence, summary, status, ...times };
    });
}

const newer = (one, other) => (one.sequence - other.sequence || one.stamp - other.stamp) >= 0;
const calendar = new Map();
for (const event of JSON.parse(fs.readFileSync(0, 'utf8')).flatMap(events)) {
    const before = calendar.get(event.uid);
    if (!before || newer(event, before)) calendar.set(event.uid, event);
}
process.stdout.write(JSON.stringify([...calendar.values()]));
