// A floor that a test plays: the addresses of /v1/floor are answered within the page, so
// that every state can be shown, also those a real floor takes minutes or bad luck to
// come to. What is asked for is kept in window.fake.asked.
//
// fakeFloor runs in the page before its own scripts do.
export function fakeFloor({ desk, sheet, floor, trunks, numbers, ready }) {
  const real = window.fetch.bind(window);
  delete window.SharedWorker; // what a worker fetches is not answered here: the page reads for itself
  const open = new Set(); // streams
  const encoder = new TextEncoder();
  let seq = 1;
  const piece = (kind, data) => encoder.encode(`id: ${seq++}\nevent: ${kind}\ndata: ${JSON.stringify(data)}\n\n`);
  const fake = (window.fake = {
    desk,
    sheet,
    floor,
    trunks,
    numbers,
    ready: ready ?? [], // agents a call can be handed to
    asked: [],
    down: false, // nothing is answered
    refuse: {}, // by verb: the problem it is answered with
    answers: { try: "try_1", edit: 0, moves: [], open: {}, answers: {}, path: [] },
    // lead is how a script with questions goes on: one step a move, as the list says.
    lead(sent) {
      const is = Object.assign(fake.answers, sent);
      const step = fake.sheet.guide[is.moves.length];
      const missing = (step?.questions ?? []).filter((q) => q.required && !is.open[q.id]?.length).map((q) => q.id);
      return { ...is, step, missing, ...(!step && { end: "complete", disposition: "sale" }) };
    },
    put(changes) {
      Object.assign(fake.desk, changes);
      for (const s of open) if (s.kind === "desk") s.to.enqueue(piece("desk", fake.desk));
    },
    tell(kind, data) {
      for (const s of open) if (s.kind === "floor") s.to.enqueue(piece(kind, data));
    },
    cut() {
      fake.down = true;
      for (const s of open) s.to.error(new TypeError("cut"));
      open.clear();
      dispatchEvent(new Event("offline"));
    },
    back() {
      fake.down = false;
      dispatchEvent(new Event("online"));
    },
  });
  const json = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/json" } });
  const stream = (kind, signal, first) => {
    let mine;
    const body = new ReadableStream({
      start(to) {
        open.add((mine = { kind, to }));
        to.enqueue(first());
        signal?.addEventListener("abort", () => {
          if (open.delete(mine)) to.error(new DOMException("aborted", "AbortError"));
        });
      },
      cancel: () => void open.delete(mine),
    });
    return new Response(body, { headers: { "Content-Type": "text/event-stream" } });
  };
  window.fetch = async (address, options = {}) => {
    const { pathname } = new URL(address, location.href);
    const verb = pathname.startsWith("/v1/floor") ? pathname.slice("/v1/floor".length + 1) : pathname.endsWith("/wallboard/health") ? "health" : pathname === "/clock" ? "clock" : null;
    if (/^\/v1\/tries\/.*\/answers$/.test(pathname)) return json(fake.lead(options.method === "PUT" ? JSON.parse(options.body) : null));
    if (verb === null) return real(address, options);
    if (fake.down) throw new TypeError("no network");
    if (verb === "clock") return real(address, options);
    if (verb === "me") return fake.desk ? json(fake.desk) : json({ code: "floor_not_logged_in", title: "You are not logged in to a campaign" }, 409);
    if (verb === "me/events") return stream("desk", options.signal, () => piece("desk", fake.desk));
    if (verb === "events") return stream("floor", options.signal, () => piece("floor", { ...fake.floor, seq }));
    if (verb === "health") return stream("health", options.signal, () => new Uint8Array([...piece("trunks", fake.trunks ?? []), ...piece("numbers", fake.numbers ?? { rows: [], all: 0, bad: 0 })]));
    if (verb.endsWith("/sheet")) return json(fake.sheet);
    if (verb === "colleagues") return json({ at: new Date().toISOString(), ready: fake.ready });
    const body = options.body ? JSON.parse(options.body) : undefined;
    fake.asked.push({ verb, body });
    if (fake.refuse[verb]) return json(fake.refuse[verb], 409);
    if (verb === "retract" || (verb === "dispose" && body.kept)) fake.put({ call: { ...fake.desk.call, disposition: body?.code, callback: body?.callback } });
    return json(fake.desk ?? {});
  };
}

// What the floor of the tests says.
const ago = (seconds) => new Date(Date.now() - 1000 * seconds).toISOString();
const ahead = (seconds) => ago(-seconds);

export const sheet = {
  campaign: "cmp_1",
  name: "Spring renewal",
  purpose: "sales",
  mode: "predictive",
  script: {
    steps: [
      { id: "hello", text: "Good morning, {name}. This is Harbour Telecom about your contract {product}.\nDo you have two minutes?", answers: [{ text: "Yes", to: "offer" }, { text: "Later", disposition: "callback" }, { text: "Not interested", disposition: "no_interest" }] },
      { id: "offer", text: "Your price stays as it is for another 24 months, and the router is replaced for free. Shall I renew it?", answers: [{ text: "Renew", disposition: "sale" }, { text: "Think about it", disposition: "callback" }] },
    ],
  },
  dispositions: [
    { code: "sale", name: "Sale", key: 1, flags: { human: true, sale: true } },
    { code: "no_interest", name: "Not interested", key: 2, flags: { human: true } },
    { code: "callback", name: "Call back", key: 3, flags: { human: true, callback: true } },
    { code: "machine", name: "Answering machine", key: 4, flags: { machine: true } },
    { code: "wrong", name: "Wrong number", key: 5, flags: { unworkable: true } },
    { code: "complaint", name: "Complaint", key: 6, notes: true, flags: { human: true } },
    { code: "refused", name: "Never call again", key: 9, flags: { human: true, refuse: true } },
  ],
  targets: [{ name: "Billing", number: "862161230001" }, { name: "Second line", number: "862161230002" }],
  wrap_up_seconds: 60,
  voicemail: true,
  record: true,
  pauses: ["break", "lunch", "training", "meeting", "admin"],
};

const person = () => ({
  lead: "lead_1",
  name: "Wang Xiaoming",
  numbers: [{ number: "8613800000001", label: "mobile" }, { number: "862155500001", label: "home" }],
  time_zone: "Asia/Shanghai",
  address: { city: "Shanghai", country: "CN" },
  fields: { product: "Fibre 500", "contract ends": "2026-12-31", "paid a month": "¥129" },
  consent: { basis: "customer" },
  attempts: 2,
  history: [
    { at: ago(86_400), number: "8613800000001", result: "answered", disposition: "callback", notes: "Drives; asked to be called in the morning." },
    { at: ago(4 * 86_400), number: "862155500001", result: "no_answer" },
  ],
});
const call = () => ({ try: "try_1", lead: "lead_1", name: "Wang Xiaoming", number: "8613800000001", caller_id: "862161234567", began: ago(140), answered: ago(126), joined: ago(125), ordinal: 3, recorded: true });
const today = { calls: 23, sales: 4, talked_seconds: 4210, wrapped_seconds: 640, ready_seconds: 830, paused_seconds: 900 };
const base = () => ({ session: "fls_1", agent: "user_1", name: "Li Na", campaign: "cmp_1", seat: "agent", logged: ago(9000), line: true, today, next: { ahead: 2, in_flight: 7 }, last: { try: "try_0", name: "Chen Hui", disposition: "sale", at: ago(60) } });

// desks are the states an agent's desk comes through, each as of when it is asked for.
export const desks = {
  get paused() {
    return { ...base(), state: "paused", reason: "lunch", since: ago(312) };
  },
  get ready() {
    return { ...base(), state: "ready", since: ago(14), next: { ahead: 2, in_flight: 7, least_seconds: 5, most_seconds: 20 } };
  },
  get shown() {
    return { ...base(), state: "reserved", since: ago(3), until: ahead(27), person: person(), call: { ...call(), step: "shown", answered: undefined, joined: undefined, began: ago(3) } };
  },
  get ringing() {
    return { ...base(), state: "reserved", since: ago(9), person: person(), call: { ...call(), step: "ringing", answered: undefined, joined: undefined, began: ago(9) } };
  },
  get talking() {
    return { ...base(), state: "talking", since: ago(125), person: person(), notes: "Asked for the price of Fibre 1000.", call: { ...call(), step: "talking" } };
  },
  get wrap_up() {
    return { ...base(), state: "wrap_up", since: ago(12), until: ahead(48), person: person(), notes: "Asked for the price of Fibre 1000.", call: { ...call(), step: "ended", ended: ago(12) } };
  },
};

// colleagues are agents a call can be handed to.
export const colleagues = () => [{ agent: "user_7", name: "Zhou Jie", since: ago(83) }, { agent: "user_8", name: "Wu Xia", since: ago(12) }];

const names = ["Li Na", "Wang Fang", "Zhang Wei", "Liu Yang", "Chen Jing", "Yang Min", "Zhao Lei", "Huang Ting", "Zhou Jie", "Wu Xia"];
const spread = ["talking", "talking", "talking", "ready", "wrap_up", "talking", "paused", "reserved", "talking", "ready"];

// floorOf is a floor of so many agents.
export function floorOf(count) {
  const agents = Array.from({ length: count }, (_, i) => {
    const state = spread[i % spread.length];
    const inCall = state === "talking" || state === "wrap_up";
    return { agent: `user_${i}`, name: `${names[i % names.length]}${i >= names.length ? ` ${Math.floor(i / names.length) + 1}` : ""}`, campaign: `cmp_${1 + (i % 2)}`, seat: "agent", state, since: ago(5 + ((i * 37) % 1100)), reason: state === "paused" ? ["lunch", "break", "forced"][i % 3] : undefined, logged: ago(7200), line: i % 17 !== 3, call: inCall ? { ...call(), try: `try_${i}`, step: "talking", held: i % 20 === 1, heard: i === 2 ? [{ who: "user_s", how: "listen" }] : undefined } : undefined, today: { calls: 20 + (i % 9), sales: i % 5, talked_seconds: 3900 + ((i * 71) % 900), wrapped_seconds: 500, ready_seconds: 600 + ((i * 13) % 300), paused_seconds: 600 } };
  });
  const campaign = (n, name, more) => ({ campaign: `cmp_${n}`, name, mode: "predictive", purpose: "sales", status: { state: "running" }, live: true, at: ago(0), agents: {}, dialing: 14, waiting: 0, talking: 31, today: { day: "2026-11-26", tries: 2310, answered: 640, conversations: 602, sales: 71, abandoned: 11, talked_seconds: 60_000, spent: { amount: "412.365", currency: "CNY" }, cost_per_conversation: { amount: "0.69", currency: "CNY" } }, ledger: { days: 30, answered: 21_400, abandoned: 462, share: 0.0216, most: 0.03, room: 180 }, pacing: { held_by: "risk", risk: 0.021, allowed: 0.03, in_flight: 14, expected_answers: 4.2, expected_releases: 5.1, leads_at_hand: 300 }, leads: [], why: [{ code: "pacing.risk", text: { en: "One more answer would too likely find every agent busy", "zh-Hant": "再有一人接聽時，很可能沒有空閒座席", "zh-Hans": "再有一人接听时，很可能没有空闲坐席" } }, { code: "own.hours", count: 214, text: { en: "214 leads are outside the calling hours of the campaign", "zh-Hant": "214 名客戶不在外呼活動的撥打時段內", "zh-Hans": "214 名客户不在外呼活动的拨打时段内" } }], ...more });
  return {
    at: ago(0),
    agents,
    standing: [],
    campaigns: [
      campaign(1, "Spring renewal"),
      campaign(2, "Satisfaction survey", { mode: "progressive", dialing: 3, waiting: 1, talking: 12, ledger: { days: 30, answered: 4200, abandoned: 121, share: 0.0288, most: 0.03, room: 5 }, why: [{ code: "agents.busy", count: 9, text: { en: "All agents who are ready to work are busy: 9", "zh-Hant": "9 名座席均在忙碌", "zh-Hans": "9 名坐席均在忙碌" } }] }),
      campaign(3, "Overdue reminders", { mode: "preview", live: false, status: { state: "paused", cause: "budget" }, dialing: 0, talking: 0, why: [{ code: "paused.budget", text: { en: "The campaign is paused because nothing pays for its calls", "zh-Hant": "外呼活動因費用不足而暫停", "zh-Hans": "外呼活动因费用不足而暂停" } }] }),
    ],
  };
}

export const trunks = [
  { name: "East", open: 34, channels: 60, calls: 8120, answered: 2510, state: "good" },
  { name: "South", open: 0, channels: 30, calls: 912, answered: 240, state: "rests" },
];

export const numbers = {
  all: 14,
  bad: 2,
  rows: [
    { number: "862161234501", href: "/", verdict: "worse", calls: 2310, answered: 301, compared: 2310, expected: 512.3, lifted: 301, short: 62, unwanted: 14 },
    { number: "862161234502", href: "/", verdict: "healthy", calls: 1980, answered: 431, compared: 1980, expected: 428.1, lifted: 431, short: 21, unwanted: 3 },
    { number: "862161234503", href: "/", verdict: "too_few", calls: 40, answered: 9, compared: 40, expected: 8.7, lifted: 9, short: 0, unwanted: 0 },
    { number: "862161234504", href: "/", verdict: "alone", calls: 12, answered: 4, lifted: 4, short: 1, unwanted: 0 },
  ],
};

// guide is a script with questions.
export const guide = [
  { id: "q", text: "Which of our lines do you use?", questions: [{ id: "line", label: "Lines", kind: "several", choices: [{ id: "fibre", label: "Fibre" }, { id: "mobile", label: "Mobile" }] }, { id: "happy", label: "How content are you?", kind: "scale", least: "1", most: "5", required: true }] },
  { id: "more", text: "Thank you. One more.", questions: [{ id: "why", label: "Why?", kind: "text" }, { id: "again", label: "May we ask again?", kind: "yes_no", required: true }] },
];
