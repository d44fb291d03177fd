// What people have done that the demo has not: each makes an address that exists
// only after it. The addresses go to the walk.
const logo = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAHgAAAAoCAIAAAC6iKlyAAAAZ0lEQVR42u3QoREAIAwEwXhaRNN/B6EEIpiIzN68frGRaikQgAYt0KBBC/Qo6LXPc5UjP6BBgwYEGrQf0KBBAwIN2g9o0KABgQbtBzRo0IBAg/YDGjRoQH+hUy2BBg1aoEGDRgB6VBewnbxGWUxFBAAAAABJRU5ErkJggg==", "base64"); // 120 by 40 points, a PNG

// done does all of it, and gives lines for the walk, for the company that furnish made and the firms of the demo.
export async function done(operator, made) {
  const company = made.company.split("/")[2];
  const paths = [];
  await operator.api("POST", "/wallets", { company, once: "deed-wallet", body: { name: "main", currency: "CNY" } });
  await operator.api("POST", "/wallets/main/top-ups", { company, once: "deed-top-up", body: { amount: { amount: "500.00", currency: "CNY" } } });
  paths.push(`${made.company}/wallets`);
  await operator.api("POST", "/tickets", { company, body: { subject: "One leg cannot be heard", plan: "business" } });
  paths.push(`${made.company}/tickets`);
  await operator.api("POST", "/webhooks", { company, body: { url: "https://hooks.example.com/waihu" } });
  paths.push(`${made.company}/webhooks`);
  const rows = "fact,id,direction,result,to,start,talk\ncall,d-1,outbound,answered,8613800138000,2026-03-02T10:00:00Z,60\ncall,d-2,outbound,answered,8613800138000,yesterday,60\n";
  const job = await operator.api("POST", "/uploads?name=calls.csv", { company, type: "application/octet-stream", body: rows });
  await operator.done(job.id, company);
  paths.push(`${made.company}/imports`);
  const outage = await operator.send("/outages", new URLSearchParams({ from: "2026-03-01T10:00", to: "2026-03-01T10:20", note: "A carrier was away.", once: "deed-outage" }));
  if (outage.status !== 303) throw new Error(`/outages: ${outage.status}`);
  paths.push("/outages");
  const run = await operator.api("POST", "/runs", { once: "deed-run", body: { until: firstOfMonth(), issue: today() } });
  await operator.done(run.id);
  paths.push("/close", ...(await brand(operator)), ...(await invoices(operator, made)), ...(await calling(operator, made)));
  return [...paths.map((path) => ({ path })), { path: "/portal/example-voice", as: "nobody" }, { path: "/portal/example-voice", status: 303 }];
}

// calling brings files of leads and of numbers in, and leads to a script and to answers.
async function calling(operator, { firms }) {
  const [floor, modules] = [firms.floor, firms.modules].map((firm) => ({ firm, company: firm.split("/")[2] }));
  const type = "application/octet-stream";
  const [list] = (await operator.api("GET", "/lists", { company: floor.company })).items;
  const leads = await operator.api("POST", `/lists/${list.id}/uploads?name=more.csv`, { company: floor.company, type, body: "Name,Phone\nLi,13900000001\nWu,12\n" });
  const numbers = await operator.api("POST", "/dnc/uploads?name=register.csv&source=register&country=CN", { company: floor.company, type, body: "Phone\n13900000002\n12\n" });
  await operator.done(leads.id, floor.company);
  await operator.done(numbers.id, floor.company);
  const [survey] = (await operator.api("GET", "/campaigns", { company: modules.company })).items;
  return [`${floor.firm}/lists/${list.id}/imports/${leads.id}`, `${floor.firm}/dnc/imports/${numbers.id}`, `${modules.firm}/scripts`, `${modules.firm}/campaigns/${survey.id}`, `${modules.firm}/campaigns/${survey.id}/results`];
}

// invoices are the steps of one that is open, the dispute of the demo and a credit
// note of a paid invoice.
async function invoices(operator, made) {
  const paths = [];
  for (const firm of Object.values(made.firms)) {
    const company = firm.split("/")[2];
    const list = (await operator.api("GET", "/invoices?limit=100", { company })).items;
    const open = list.find((i) => ["issued", "overdue"].includes(i.status));
    if (open) paths.push(...["pay", "void", "write-off", "dispute", "credit"].map((step) => `${firm}/invoices/${open.id}/${step}`));
    const paid = list.findLast((i) => i.status === "paid");
    if (paid && !paths.some((path) => path.includes("/notes/"))) {
      const { result: note } = await operator.api("POST", `/invoices/${paid.id}/credit-notes`, { company, once: "deed-note", body: { reason: "Calls to one campaign were charged twice.", on: today() } });
      paths.push(`${firm}/invoices/${paid.id}`, `${firm}/notes/${note.note}`, `${firm}/payments`, `${firm}/payments/refund`);
    }
    const disputes = (await operator.api("GET", "/disputes", { company })).items;
    if (disputes.length > 0) paths.push(`${firm}/disputes`);
  }
  return paths;
}

async function brand(operator) {
  const form = new FormData();
  for (const [name, value] of Object.entries({ name: "Example Voice", word: "example-voice", accent: "#0b5c66", support: "help@example.com", once: "deed-brand", do: "save" })) form.append(name, value);
  form.append("logo", new Blob([logo], { type: "image/png" }), "logo.png");
  const answer = await operator.send("/brands/new", form);
  if (answer.status !== 303) throw new Error(`/brands/new: ${answer.status} ${(await answer.text()).slice(0, 800)}`);
  return ["/brands"];
}

const today = () => new Date().toISOString().slice(0, 10);

const firstOfMonth = () => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)).toISOString().slice(0, 10);
};
