// What the demo does not have by itself and a page needs: workspaces with files
// in them, contracts that have not begun, a second version of a plan.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { beep } from "./beep.mjs";
import { done } from "./deeds.mjs";

export const example = (name) => new URL(`../examples/${name}`, import.meta.url);

function files(...names) {
  const form = new FormData();
  for (const name of names) form.append("file", new Blob([readFileSync(example(name))]), basename(name));
  return form;
}

// withWrong adds a file with one good and one bad record.
function withWrong(form) {
  form.append("file", new Blob(["fact,id,direction,result,to,start,talk\ncall,x-1,outbound,answered,8613800138000,2026-03-02T10:00:00Z,60\ncall,x-2,outbound,answered,8613800138000,yesterday,60\n"]), "half-wrong.csv");
  return form;
}

async function sent(person, path, body) {
  const answer = await person.send(path, body);
  if (answer.status !== 303) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 2000)}`);
  return answer.headers.get("location");
}

// ready waits until a workspace has worked off what it was given.
async function ready(person, path) {
  for (let tries = 0; tries < 200; tries++) {
    const page = await (await person.get(path)).text();
    if (!page.includes('id="work"')) return page;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(`${path} is still being worked on after 20 s`);
}

// comparison is a workspace with the records of an example, one file
// with a wrong record, and three offers.
async function comparison(person) {
  const form = withWrong(files("sales-floor/usage/Master.csv", "sales-floor/usage/sessions.csv"));
  const at = await sent(person, "/compare", form);
  const offers = new URLSearchParams();
  for (const offer of ["ujet-pro", "callfire-payg", "kixie"]) offers.append("offer", offer);
  await ready(person, at);
  await sent(person, `${at}/market`, offers);
  await ready(person, at);
  return at;
}

// audited is a workspace with the bill of an example and its answer. The form is
// sent as it is guessed.
async function audited(person) {
  const at = await sent(person, "/audit", files("audit/vendor/bill.csv"));
  await sent(person, `${at}/calls`, files("audit/vendor/calls.csv"));
  await sent(person, `${at}/contract`, files("audit/contract.yaml", "audit/plan.yaml"));
  await sent(person, `${at}/files`, withWrong(files(...["calls", "messages", "modules", "numbers", "seats"].map((n) => `audit/usage/${n}.csv`))));
  await sent(person, `${at}/mapping`, guessed(await ready(person, at), `${at}/mapping`));
  await ready(person, at);
  return at;
}

// guessed is a form of a page as it stands.
function guessed(page, action) {
  const from = page.indexOf(`action="${action}"`);
  const form = page.slice(from, page.indexOf("</form>", from));
  const out = new URLSearchParams();
  for (const [, name, value] of form.matchAll(/<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"/g)) out.set(name, plain(value));
  for (const [, name, options] of form.matchAll(/<select[^>]* name="([^"]+)"[^>]*>(.*?)<\/select>/gs)) {
    const chosen = options.match(/<option(?: value="([^"]*)")? selected>([^<]*)/);
    if (chosen) out.set(name, plain(chosen[1] || chosen[2]));
  }
  return out;
}

// plain is an attribute without its entities.
export function plain(text) {
  return text.replace(/&#(\d+);/g, (_, n) => String.fromCodePoint(n)).replace(/&(amp|lt|gt|quot);/g, (_, n) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[n]);
}

const firstOfNextMonth = () => {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)).toISOString().slice(0, 10);
};

const contract = (word) => `contract: ${word}
plan: floor-seats@1
start: ${firstOfNextMonth()}
term: 12 months
seller: {name: Seller Example Ltd., country: CN}
buyer: {name: Buyer Example Ltd., country: CN}
payment_terms_days: 15
`;

// contracts are one that is quoted and one that is signed, of a company of theirs.
async function contracts(operator) {
  const { id: company } = await operator.api("POST", "/companies", { body: { name: "Newcomer Example Ltd." } });
  const quote = (word) => operator.api("POST", "/contracts", { company, once: word, type: "application/yaml", body: contract(word) });
  const quoted = await quote("NC-1");
  const signed = await quote("NC-2");
  const document_sha256 = createHash("sha256").update(contract("NC-2")).digest("hex");
  await operator.api("POST", `/contracts/${signed.id}/sign`, { company, once: "NC-2-sign", body: { document_sha256 } });
  return { company, quoted: quoted.id, signed: signed.id };
}

// secondVersion publishes floor-seats@2: what differs can be looked at.
async function secondVersion(operator) {
  const { file } = await operator.api("GET", "/plans/floor-seats@1");
  await operator.api("POST", "/plans", { type: "application/yaml", once: "floor-2", body: file.replace("version: 1", "version: 2").replace("unit_price: 180", "unit_price: 170") });
}

// prompt hands in a second of a tone.
async function prompt(floor, company) {
  const file = beep(1);
  await floor.api("POST", "/prompts?title=Welcome&language=en&name=welcome.wav", { company, type: "application/octet-stream", body: file });
}

// furnish gives the addresses that lead to what it made.
export async function furnish(people) {
  const { operator } = people;
  const [compare, audit, more] = await Promise.all([comparison(operator), audited(operator), contracts(operator), secondVersion(operator)]);
  const at = `/c/${more.company}/contracts`;
  const firms = {};
  for (const name of ["floor", "minutes", "modules"]) firms[name] = (await people[name].get("/")).headers.get("location");
  await prompt(people.floor, firms.floor.split("/")[2]);
  const running = (await operator.api("GET", "/contracts", { company: firms.floor.split("/")[2] })).items;
  const made = { firms, contract: `${firms.floor}/contracts/${running[0].id}`, compare, audit, company: `/c/${more.company}`, quoted: `${at}/${more.quoted}`, signed: `${at}/${more.signed}` };
  return { ...made, deeds: await done(operator, made) };
}
