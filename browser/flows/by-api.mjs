// Steps of the flow from plan to payment that have no page yet: the interface for
// programs does them. When a page comes, its step moves to plan-to-paid.test.mjs.
export const addCompany = async (person, name) => (await person.api("POST", "/companies", { body: { name } })).id;

export async function handInCalls(person, company, csv) {
  const job = await person.api("POST", "/uploads?name=calls.csv", { company, type: "application/octet-stream", body: csv });
  return person.done(job.id, company);
}

export async function closeMonth(person, until, issue) {
  const run = await person.api("POST", "/runs", { once: `close-${until}`, body: { until, issue } });
  return person.done(run.id);
}

export const pay = (person, company, invoice, amount, on) =>
  person.api("POST", `/invoices/${invoice}/payments`, { company, once: `pay-${invoice}`, body: { amount, on } });
