// Wall clocks of other zones, by what the browser knows of them.

// parts are what a clock of a zone shows at an instant.
function parts(at, zone) {
  const list = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" }).formatToParts(new Date(at));
  return Object.fromEntries(list.map((p) => [p.type, p.value]));
}

// known gives the zone, or the browser's own where it is none.
export function known(zone) {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return zone || Intl.DateTimeFormat().resolvedOptions().timeZone;
  } catch {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}

// wall is the day and time of a clock: 2026-03-02 and 10:00.
export function wall(at, zone) {
  const p = parts(at, zone);
  return { day: `${p.year}-${p.month}-${p.day}`, time: `${p.hour}:${p.minute}` };
}

// instant is when a clock of a zone shows a day and a time; where it is skipped, as when
// clocks are put forward, the moment after it.
export function instant(day, time, zone) {
  const wanted = Date.parse(`${day}T${time}:00Z`);
  let at = wanted;
  for (let round = 0; round < 3; round++) {
    const p = parts(at, zone);
    const shows = Date.parse(`${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:${p.second}Z`);
    if (shows === wanted) break;
    at += wanted - shows;
  }
  return at;
}

// later is a day some days after another.
export const later = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
