// The server's clock: every time a page of the floor shows is counted from it, so that
// a computer whose clock is wrong, or that slept, shows the same as all others.
import { boot } from "./page.js";

const often = 5_000; // between two looks at the server's clock
const patience = 3_000; // for one
const slept = 5_000; // a tick so late means that the computer slept
const wrong = 30_000; // a clock that is so far off is worth a word

const start = performance.getEntriesByType("navigation")[0]?.responseStart ?? 0;
let ahead = boot.now - start; // of the browser's count of milliseconds
let last = performance.now();
const each = new Set();
const woke = new Set();
const looks = new Set();

// now is the server's time in milliseconds.
export const now = () => performance.now() + ahead;

// since is how many seconds have gone since an instant of the server's.
export const since = (instant) => (instant ? (now() - Date.parse(instant)) / 1000 : 0);

// tick calls something once a second, in one go with all others.
export function tick(what) {
  each.add(what);
  return () => each.delete(what);
}

// onWake is called after the computer slept, onLook with what each look at the server's
// clock came to: milliseconds there and back, or null when there was no answer.
export const onWake = (what) => woke.add(what);
export const onLook = (what) => looks.add(what);

// off is how far the computer's own clock is off in milliseconds; 0: it is good enough.
export function off() {
  const by = Date.now() - now();
  return Math.abs(by) > wrong ? by : 0;
}

async function look() {
  const asked = performance.now();
  let took = null;
  try {
    const answer = await fetch("/clock", { cache: "no-store", signal: AbortSignal.timeout(patience) });
    if (!answer.ok) throw new Error(answer.status);
    const told = (await answer.json()).now;
    const back = performance.now();
    took = back - asked;
    ahead = told - (asked + back) / 2;
  } catch {
    took = null;
  }
  for (const f of looks) f(took);
}

function second() {
  const at = performance.now();
  if (at - last > slept) {
    look();
    for (const f of woke) f();
  }
  last = at;
  if (!document.hidden) for (const f of each) f();
  setTimeout(second, 1000 - (now() % 1000) + 5);
}

setInterval(look, often);
addEventListener("online", look);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  look();
  for (const f of each) f();
});
look();
second();
