// When somebody is called back: on their clock, which is shown, and never in the past.
import { now, tick } from "../floor/clock.js";
import { el, put, say, show } from "../floor/page.js";
import { drawer } from "./bar.js";
import { notes } from "./notes.js";
import { when } from "./person.js";
import { state } from "./store.js";
import { instant, known, later, wall } from "./zone.js";

const form = drawer("callback");
const wrong = form.querySelector("[data-callback-wrong]");
const zoneLine = form.querySelector("[data-zone]");
let then = null;

const zone = () => known(state.desk?.person?.time_zone);

// presets are what is agreed most, on their clock.
function presets() {
  const here = wall(now(), zone());
  const in_ = (minutes) => wall(Math.ceil((now() + minutes * 60_000) / 300_000) * 300_000, zone());
  return [
    [say("desk.in_1_hour"), in_(60)],
    [say("desk.in_3_hours"), in_(180)],
    [say("desk.tomorrow", { time: "10:00" }), { day: later(here.day, 1), time: "10:00" }],
    [say("desk.tomorrow", { time: "15:00" }), { day: later(here.day, 1), time: "15:00" }],
    [say("desk.next_week", { time: "10:00" }), { day: later(here.day, 7), time: "10:00" }],
  ];
}

export function openCallback(take) {
  then = take;
  const list = presets();
  form.querySelector("[data-presets]").replaceChildren(...list.map(([name, at]) => el("button", { type: "button", className: "button small", onclick: () => fill(at) }, name)));
  fill(list[2][1]);
  form.day.min = wall(now(), zone()).day;
  show(wrong, false);
  show(form, true);
  time();
  form.querySelector("button").focus();
}

function fill(at) {
  form.day.value = at.day;
  form.time.value = at.time;
}

export function closeCallback() {
  const was = !form.hidden;
  show(form, false);
  then = null;
  return was;
}

// drawCallback closes the picker when its call is gone.
export function drawCallback() {
  if (!form.hidden && (!state.desk?.call || state.gone)) closeCallback();
}

form.addEventListener("submit", (e) => {
  e.preventDefault();
  const at = instant(form.day.value, form.time.value, zone());
  if (!(at > now())) {
    put(wrong, say("desk.callback_past"));
    return show(wrong, true);
  }
  const take = then;
  closeCallback();
  take?.({ at: new Date(at).toISOString(), time_zone: zone(), mine: form.mine.checked, ...(notes() && { notes: notes() }) });
});

function time() {
  if (!form.hidden) put(zoneLine, say("desk.there_now", { time: when(now(), zone(), { weekday: "short", hour: "2-digit", minute: "2-digit" }), name: zone() }));
}
tick(time);
