// What a test needs to be there before it begins: the interface for programs
// makes it.
export const addCompany = async (person, name) => (await person.api("POST", "/companies", { body: { name } })).id;

export async function handInCalls(person, company, csv) {
  const job = await person.api("POST", "/uploads?name=calls.csv", { company, type: "application/octet-stream", body: csv });
  return person.done(job.id, company);
}
