// The desk of an agent: one page that is never left. The state comes from the server and
// the sound through the telephone in the page; this puts them together and says what
// each button and key does.
import { now, onLook, tick } from "./floor/clock.js";
import { boot, say, show } from "./floor/page.js";
import { makeLine } from "./floor/line.js";
import { button, drawBar, drawer, talking, unfold } from "./desk/bar.js";
import { closeCallback, drawCallback } from "./desk/callback.js";
import { helpOpen, listen, toggleHelp } from "./desk/keys.js";
import { drawNotes, focusNotes } from "./desk/notes.js";
import { drawNotices, hush, noticeLine, noticeSilent, refuse, tell } from "./desk/notices.js";
import { canSend, chooseCallback, chooseKey, drawOutcome, isChosen, sendNow, undo } from "./desk/outcome.js";
import { drawPerson } from "./desk/person.js";
import { drawCentre, focusAnswers } from "./desk/script.js";
import { deed, leave, logIn, onChange, resume, standing, state } from "./desk/store.js";
import { drawLine, drawMic, drawNet, drawTop } from "./desk/top.js";
import { instant, known, later, wall } from "./desk/zone.js";

const reloading = 700; // for the page of before to let go of the desk
const quiet = 10_000; // a microphone that gives nothing so long in a conversation
const root = document.getElementById("desk");
const mutedIn = "waihu.desk.muted"; // the call in which the microphone is off, also once the page was loaded anew
let willBeReady = false; // as soon as the telephone stands
let trip = 0;
let sound = null;
let lastVoice = now();

const line = makeLine({
  told(is) {
    noticeLine(is);
    drawLine(is);
    if (is !== "standing") drawMic((sound = null));
    drawNotices();
  },
  heard(of) {
    sound = of;
    if (of.level > 0 || of.muted || !talking()) lastVoice = now();
    noticeSilent(now() - lastVoice > quiet);
    drawMic(of);
    drawNet(trip, of);
  },
});
onLook((took) => drawNet((trip = took), sound));

// todo asks for a deed and says why it did not come about. What is asked for already, as by
// a double click, is not asked for again; keys are, each by each.
const asked = new Set();
async function todo(verb, body) {
  if (asked.has(verb)) return false;
  if (verb !== "keys") asked.add(verb);
  try {
    await deed(verb, body);
    return true;
  } catch (problem) {
    refuse(problem);
    return false;
  } finally {
    asked.delete(verb);
  }
}

// Digits that are meant for the line must not choose an outcome, where the call ended just
// before they were pressed.
const patience = 3_000;
let deaf = -patience; // since when
function noKeys() {
  deaf = performance.now();
  tell(say("desk.no_keys"));
}

const tiles = () => document.querySelector("#desk [data-tiles]");
const call = () => (state.gone ? null : state.desk?.call);
const deeds = {
  ready() {
    if (!state.session) return false;
    if (state.desk?.line) return void todo("ready");
    willBeReady = true;
    tell(say("desk.connecting_first"), "info");
    line.on();
  },
  pause: (word) => {
    root.querySelector("[data-pause]").open = false;
    todo("pause", { reason: word });
  },
  logout: () => void todo("logout"),
  help: () => toggleHelp(),
  line: () => void (line.state === "standing" ? undefined : line.state === "blocked" ? line.hear() : line.on()),
  dial: () => void todo("preview", { dial: true }),
  skip: () => void todo("preview", { dial: false }),
  hangup: () => void todo("hangup"),
  hold: () => void todo("hold", { on: !call().held }),
  mute() {
    line.mute(!line.muted);
    if (line.muted) sessionStorage.setItem(mutedIn, call().try);
    else sessionStorage.removeItem(mutedIn);
    draw();
  },
  handTo: (agent, together) => (unfold("transfer", false), void todo("transfer", { agent, together })),
  leave: () => (unfold("transfer", false), void todo("leave")),
  transfer: (to, together) => (to === undefined ? unfold("transfer") : (unfold("transfer", false), void todo("transfer", { target: to, together }))),
  keypad: () => unfold("keypad"),
  voicemail: () => void todo("voicemail"),
  recording: () => void todo("recording", { on: !call().recording_paused }),
  choose: (code) => tiles().querySelector(`[data-code="${CSS.escape(code)}"]`)?.click(),
  takeHere: () => location.reload(),
  escape: () => escape(),
};

function escape() {
  if (helpOpen()) return toggleHelp(false);
  if (closeCallback()) return undefined;
  if (!drawer("transfer").hidden || !drawer("keypad").hidden) return unfold("", false);
  const menu = root.querySelector("details[open]");
  if (menu) return void (menu.open = false);
  document.activeElement?.blur();
}

function draw() {
  if (willBeReady && state.desk?.line && state.session) {
    willBeReady = false;
    todo("ready");
  }
  if (!call() && line.muted) line.mute(false); // the next customer is heard from the first word
  else if (call() && !line.muted && sessionStorage.getItem(mutedIn) === call().try) line.mute(true);
  drawTop(deeds);
  drawLine(line.state);
  const dialing = !drawer("keypad").hidden;
  drawBar(line.muted, deeds);
  if (dialing && call() && !talking()) noKeys();
  drawPerson();
  drawCentre(deeds.choose);
  drawNotes();
  drawCallback();
  drawOutcome();
  drawNotices(deeds);
  if (state.gone) line.off();
  else if (state.session && !state.desk?.line && line.state === "off") line.on();
}
onChange(draw);
tick(() => drawNet(trip, sound));

root.addEventListener("click", (e) => {
  const at = e.target.closest("[data-do], [data-digit]");
  if (!at || at.disabled) return;
  if (at.dataset.digit) return press(at.dataset.digit);
  deeds[at.dataset.do]?.();
});

function press(digit) {
  const shown = root.querySelector("[data-digits]");
  shown.textContent = (shown.textContent + digit).slice(-24);
  todo("keys", { keys: digit });
}

// able tells whether a button is there to be pressed: a key does what its button does.
const able = (of) => !button(of).hidden && !button(of).disabled && !root.querySelector("[data-bar]").hidden;
const by = (of) => () => (able(of) ? deeds[of]() : false);
const pausing = () => root.querySelector("[data-pause]");
const openPause = () => (pausing().hidden ? false : void ((pausing().open = true), pausing().querySelector("div button")?.focus()));
listen({
  F2: () => (root.querySelector('[data-do="ready"]').hidden ? openPause() : deeds.ready()),
  p: openPause,
  Enter: () => (canSend() ? sendNow() : able("dial") ? deeds.dial() : false),
  s: by("skip"),
  F4: by("hangup"),
  h: by("hold"),
  m: by("mute"),
  t: by("transfer"),
  k: () => (able("keypad") ? deeds.keypad() : call()?.ended ? noKeys() : false),
  v: by("voicemail"),
  r: by("recording"),
  c: () => (call() ? chooseCallback() : false),
  n: () => (call() ? focusNotes() : false),
  a: () => (call() ? focusAnswers() : false),
  z: () => (isChosen() ? undo() : false),
  "?": () => toggleHelp(),
  Escape: escape,
  digit(n) {
    if (pausing().open) return void pausing().querySelectorAll("div button")[n - 1]?.click();
    if (!drawer("keypad").hidden) return press(String(n));
    if (performance.now() - deaf < patience) return undefined;
    return chooseKey(n);
  },
});

const form = root.querySelector("[data-login]");
form?.addEventListener("submit", async (e) => {
  e.preventDefault();
  const send = form.querySelector("button.primary");
  send.disabled = true;
  try {
    await logInTo(form.campaign.value);
    hush();
    draw();
  } catch (problem) {
    refuse(problem);
  }
  send.disabled = false;
});

// logInTo logs in to a campaign, or where a call of the agent goes on, to the campaign of
// that: nobody else can end it.
async function logInTo(campaign) {
  const leaves = leaving(form.leaves.value);
  try {
    return await logIn(campaign, leaves);
  } catch (problem) {
    const there = problem.code === "floor_in_call" && (await standing());
    if (!there || there.campaign === campaign) throw problem;
    return logIn(there.campaign, leaves);
  }
}

// leaving is the next time the clock of the company shows a time, as all times of the page.
function leaving(time) {
  if (!time) return undefined;
  const zone = known(boot.zone);
  const { day } = wall(now(), zone);
  const today = instant(day, time, zone);
  return new Date(today < now() ? instant(later(day, 1), time, zone) : today).toISOString();
}

// One tab is the desk; another that is opened says so, and takes over if it is told to.
const name = `waihu.desk.${boot.company}.${boot.user}`;
function hold(steal) {
  if (!navigator.locks) return begin(); // a browser that keeps none: two tabs are told apart by the server
  return navigator.locks
    .request(name, steal ? { steal: true } : { signal: AbortSignal.timeout(reloading) }, () => (begin(), new Promise(() => {}))) // until the tab is closed
    .catch(() => {
      line.off();
      deeds.takeHere = () => void hold(true);
      leave();
      watch();
    });
}

// watch waits until the other tab is closed, and not only loaded anew, and says so.
async function watch() {
  await navigator.locks.request(name, () => {});
  await new Promise((done) => setTimeout(done, 2 * reloading));
  const { held } = await navigator.locks.query();
  if (state.gone !== "tab") return;
  if (held.some((lock) => lock.name === name)) return watch();
  state.gone = "closed";
  draw();
}

async function begin() {
  state.gone = null;
  const there = await resume();
  if (there && there !== true) {
    const box = root.querySelector(`[name="campaign"][value="${CSS.escape(there.campaign)}"]`);
    if (box) box.checked = true;
    tell(say("desk.elsewhere_now", { name: box?.dataset.name ?? there.campaign }));
  }
  draw();
}

show(root.querySelector("[data-bar]"), false);
draw();
hold(false);
