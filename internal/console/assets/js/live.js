// A campaign live: what the floor tells is written into the page as it comes. After
// sleep, or when nothing was heard for a while, the stream is opened anew; it begins
// with everything, so that no state is older than the server's.

const root = document.getElementById("live");
const { company, campaign, lead } = root.dataset;
const one = (name) => root.querySelector(`[data-${name}]`);
const words = Object.fromEntries([...root.querySelectorAll("[data-word]")].map((e) => [e.dataset.word, e.textContent]));
const quiet = 45_000; // ms without a sign of life
const agents = new Map();
let control, heard = 0, now, ahead = 0, wait = 500;

const said = (text) => text[document.documentElement.lang] || text.en || text["zh-Hant"] || text["zh-Hans"] || "";
const cell = (text, kind = "td") => Object.assign(document.createElement(kind), { textContent: text });

// link says how the page stands with the floor: here, away, or nobody drives the campaign.
function link(state) {
  one("link").textContent = one("link").dataset[state];
}

const money = ({ amount, currency }) => new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(amount);

function show(c) {
  if (c.campaign !== campaign) return;
  now = c;
  ahead = Date.parse(c.at) - Date.now();
  link(c.live ? "here" : "nobody");
  const figures = { dialing: c.dialing, waiting: c.waiting, talking: c.talking, ...c.today };
  for (const e of root.querySelectorAll("[data-n]")) {
    const n = figures[e.dataset.n];
    e.textContent = n === undefined ? "–" : typeof n === "object" ? money(n) : n;
  }
  const { share = 0, most = 0, answered = 0, abandoned = 0 } = c.ledger ?? {};
  one("left").value = most > 0 ? Math.min(100, (100 * share) / most) : 0;
  one("ledger").textContent = one("ledger").dataset.words.replace("{share}", (100 * share).toFixed(2)).replace("{most}", (100 * most).toFixed(1)).replace("{abandoned}", abandoned).replace("{answered}", answered);
  one("why-box").hidden = !c.why?.length;
  one("why").replaceChildren(...(c.why ?? []).map((w) => cell(said(w.text), "li")));
}

function clock(since) {
  const s = Math.max(0, Math.floor((Date.now() + ahead - Date.parse(since)) / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

function table() {
  const rows = [...agents.values()].filter((a) => a.campaign === campaign).sort((a, b) => a.name.localeCompare(b.name));
  one("none").hidden = rows.length > 0;
  one("agents").replaceChildren(
    ...rows.map((a) => {
      const row = document.createElement("tr");
      const time = cell(clock(a.since));
      time.className = "num";
      time.dataset.since = a.since;
      const head = cell(a.name, "th");
      head.scope = "row";
      const person = document.createElement("td");
      if (a.call) person.append(Object.assign(document.createElement("a"), { href: lead + a.call.lead, textContent: a.call.name || a.call.number }));
      const calls = cell(a.today?.calls ?? 0);
      calls.className = "num";
      row.append(head, cell((words[a.state] ?? a.state) + (a.reason ? `: ${a.reason}` : "")), time, person, calls);
      return row;
    }),
  );
}

function take(kind, data) {
  if (kind === "floor") {
    agents.clear();
    for (const a of data.agents) agents.set(a.agent, a);
    data.campaigns.forEach(show);
    if (!data.campaigns.some((c) => c.campaign === campaign)) link("nobody");
  } else if (kind === "campaign") show(data);
  else if (kind === "agent") agents.set(data.agent, data);
  else if (kind === "gone") agents.delete(data.key);
  if (kind !== "campaign") table();
}

async function listen() {
  control?.abort();
  control = new AbortController();
  const mine = control;
  try {
    const answer = await fetch("/v1/floor/events", { headers: { "Waihu-Company": company, Accept: "text/event-stream" }, signal: mine.signal, cache: "no-store" });
    if (!answer.ok) return link("nobody");
    let text = "";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      [heard, wait, text] = [Date.now(), 500, text + value];
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        const fields = Object.fromEntries(text.slice(0, end).split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
        if (fields.data) take(fields.event, JSON.parse(fields.data));
      }
    }
  } catch (e) {
    if (mine !== control) return; // another one listens
  }
  if (mine !== control) return;
  link("away");
  setTimeout(() => mine === control && listen(), (wait = Math.min(2 * wait, 15_000)));
}

setInterval(() => {
  for (const e of root.querySelectorAll("[data-since]")) e.textContent = clock(e.dataset.since);
  if (!document.hidden && now && heard && Date.now() - heard > quiet) {
    heard = Date.now();
    listen();
  }
}, 1000);
// Out of sight it listens no more: a browser has six connections to a server, and tabs
// that nobody looks at would take them all.
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) return void listen();
  control?.abort();
  control = undefined;
});
addEventListener("online", listen);
addEventListener("pagehide", () => control?.abort());
listen();
