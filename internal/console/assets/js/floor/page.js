// What the pages of the floor share: what the server told the page, its words, and
// putting text into the page only where it differs.

export const boot = JSON.parse(document.getElementById("boot").textContent);

// say is a phrase of the page with its gaps filled.
export function say(key, gaps = {}) {
  return (boot.words[key] ?? key).replace(/\{([a-z]+)\}/g, (all, name) => gaps[name] ?? all);
}

// has tells whether there is a phrase.
export const has = (key) => key in boot.words;

// outcome is the name of a disposition: the company's own, or the usual one in the
// language of the page.
export const outcome = (d) => boot.names?.[d.name] ?? d.name;

// text is what the server says in all languages, in that of the page.
export const text = (t) => t?.[boot.tag] ?? t?.en ?? "";

// put writes a text, if it is another one: a page that writes what stands there already
// is laid out for nothing, and read out again.
export function put(node, words) {
  if (node && node.textContent !== words) node.textContent = words;
}

// show and tone likewise.
export function show(node, yes) {
  if (node && node.hasAttribute("hidden") === yes) node.toggleAttribute("hidden", !yes);
}

export function tone(node, value) {
  if (node.dataset.tone !== value) node.dataset.tone = value;
}

// el makes an element; what begins with a capital or has a dash is an attribute.
export function el(tag, having = {}, ...within) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(having)) {
    if (value === undefined || value === false) continue;
    if (name in node && !name.includes("-")) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...within.filter((x) => x !== undefined && x !== null && x !== false && x !== ""));
  return node;
}

// clockIn writes an instant as the language does, with hours from 00 to 23 as pages have them;
// clockTime on the clock of the company.
export const clockIn = (timeZone, instant, how) => new Intl.DateTimeFormat(boot.tag, { ...how, hourCycle: "h23", timeZone }).format(new Date(instant));
export const clockTime = (instant, how) => clockIn(boot.zone, instant, how);

// whoPaused tells which supervisor made an agent pause, and since when.
export const whoPaused = ({ name, since }) => say(name ? "desk.forced" : "desk.forced_by_key", { name, time: clockTime(since, { timeStyle: "short" }) });

// spell writes a count of seconds as a clock does.
export function spell(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  const two = (n) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

// dial writes a number as people dial it.
export const dial = (number) => (number ? `+${number}` : "");
