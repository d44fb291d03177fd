// A campaign live: what the floor tells is written into the page as it comes.
import { since, tick } from "./floor/clock.js";
import { feed } from "./floor/feed.js";
import { spell } from "./floor/page.js";

const root = document.getElementById("live");
const { campaign, lead } = root.dataset;
const one = (name) => root.querySelector(`[data-${name}]`);
const words = Object.fromEntries([...root.querySelectorAll("[data-word]")].map((e) => [e.dataset.word, e.textContent]));
const agents = new Map();

const said = (text) => text[document.documentElement.lang] || text.en || text["zh-Hant"] || text["zh-Hans"] || "";
const cell = (text, kind = "td") => Object.assign(document.createElement(kind), { textContent: text });

// link says how the page stands with the floor: here, away, or nobody drives the campaign.
function link(state) {
  one("link").textContent = one("link").dataset[state];
}

const money = ({ amount, currency }) => new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(amount);

function show(c) {
  if (c.campaign !== campaign) return;
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

const clock = (at) => spell(since(at));

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

feed("/v1/floor/events", {
  rests: true,
  on: {
    floor(all) {
      agents.clear();
      for (const a of all.agents) agents.set(a.agent, a);
      link("nobody");
      all.campaigns.forEach(show);
      table();
    },
    campaign: show,
    agent(a) {
      agents.set(a.agent, a);
      table();
    },
    gone({ kind, key }) {
      if (kind !== "agent") return;
      agents.delete(key);
      table();
    },
  },
  up: (yes) => yes || link("away"),
  refused: () => link("nobody"),
});

tick(() => {
  for (const e of root.querySelectorAll("[data-since]")) e.textContent = clock(e.dataset.since);
});
