// A call through the real floor, from the page of an agent to the books: logged in,
// dialed by one key, heard, held, reloaded in the middle, cut off, written up.
import assert from "node:assert/strict";
import { test } from "node:test";

export function floor(world) {
  test("an agent works a campaign from the desk, and the call outlives a reload and a cut", async () => {
    const company = world.made.firms.floor.split("/")[2];
    const api = (method, path, more) => world.people.floor.api(method, path, { company, ...more });
    const campaign = await planned(world.people.floor, api, company);
    const tab = await world.tab("floor");
    const { page, context } = tab;
    const is = (state) => page.waitForFunction((s) => document.getElementById("desk").dataset.state === s, state);
    const step = (word) => page.waitForFunction((w) => document.querySelector("[data-step]").textContent === w, word);
    await page.goto(`${world.made.firms.floor}/desk`);
    await page.locator(`[name="campaign"][value="${campaign.id}"]`).check();
    await page.locator("[data-login] .primary").click();
    await is("paused");
    await page.locator('[data-health="line"][data-tone="good"]').waitFor();
    await page.keyboard.press("F2");
    await step("Shown, not dialed");
    await page.keyboard.press("Enter");
    await is("talking");
    assert.match(await page.locator("[data-script]").innerText(), /Hello Wang/);
    await page.keyboard.press("h");
    await step("On hold");
    await page.keyboard.press("h");
    await step("Talking");
    const seconds = () => page.locator("[data-call-time]").innerText().then((t) => t.split(":").reduce((n, p) => 60 * n + Number(p), 0));
    await page.keyboard.press("1");
    const chosen = page.locator('[data-code="sale"][aria-pressed="true"]');
    await chosen.waitFor();
    const before = await seconds();
    await page.reload();
    await is("talking");
    await chosen.waitFor(); // the server keeps what is chosen
    await page.keyboard.press("z");
    await chosen.waitFor({ state: "detached" });
    await page.locator('[data-health="line"][data-tone="good"]').waitFor(); // the same call is heard again
    assert.ok((await seconds()) >= before, "the time of the call began anew");
    await context.setOffline(true);
    await page.locator(".desk-notice", { hasText: "Your call goes on" }).waitFor();
    await context.setOffline(false);
    await page.locator(".desk-notice", { hasText: "Cut off" }).waitFor({ state: "detached" });
    tab.wrong.splice(0, Infinity, ...tab.wrong.filter((w) => !/ERR_INTERNET_DISCONNECTED/.test(w)));
    assert.equal(await page.locator("#desk").getAttribute("data-state"), "talking");
    await page.keyboard.press("n");
    await page.keyboard.type("renews");
    await page.locator("[data-saved]", { hasText: "Saved" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    await page.keyboard.press("1"); // after the call
    await page.keyboard.press("F4");
    await is("wrap_up");
    await page.keyboard.press("1");
    await page.keyboard.press("Enter");
    await is("paused");
    assert.match(await page.locator("[data-last]").innerText(), /Sale/);
    await page.goto(`${world.made.firms.floor}/wallboard`);
    await page.locator(".wall-agent").waitFor();
    const row = page.locator("[data-campaigns] tr", { hasText: campaign.name });
    await row.locator("td").nth(5).filter({ hasText: /^1$/ }).waitFor(); // the sale, as the floor counts it
    await page.setViewportSize({ width: 390, height: 800 }); // a phone: each campaign is a card, and nothing lies beside the screen
    const cards = await page.locator(".table-box", { has: page.locator("[data-campaigns]") }).evaluate((box) => [box.scrollWidth - box.clientWidth, ...[...box.querySelectorAll("tbody tr:first-child td")].map((td) => td.dataset.label)]);
    assert.deepEqual(cards.filter((c) => !c), [0]);
    assert.equal(cards.length, 10);
    await page.setViewportSize({ width: 1280, height: 900 });
    const boards = [page];
    for (const path of ["wallboard", "wallboard", "wallboard", "wallboard", "wallboard", "wallboard", "seats", `campaigns/${campaign.id}/live`]) { // a browser has six connections to a server
      const other = await context.newPage();
      await other.goto(`${world.made.firms.floor}/${path}`);
      await other.locator(path === "wallboard" ? '.wall-agent[data-state="paused"]' : path === "seats" ? "[data-in] [data-now] .badge" : "[data-agents] tr").first().waitFor();
      boards.push(other);
    }
    for (const gone of boards.splice(0, 3)) await gone.close(); // also the one that began
    const { agents } = await api("GET", "/floor");
    await api("POST", `/floor/agents/${agents[0].agent}/logout`, { once: `out-${campaign.id}`, body: { why: "the test is over" } });
    for (const board of boards.slice(0, 4)) await board.locator(".wall-agent").waitFor({ state: "detached" });
    await boards[4].locator("[data-in]").waitFor({ state: "detached" });
    await boards[5].locator("[data-agents] tr").waitFor({ state: "detached" });
    assert.deepEqual(tab.wrong, []);
    await tab.close();
    await api("POST", `/campaigns/${campaign.id}/pause`, { body: { why: "the test is over" }, once: `pause-${campaign.id}` });
  });
}

// planned is a campaign that may call at any hour, as its line is a script.
async function planned(person, api, company) {
  const tag = Date.now();
  const list = await api("POST", "/lists", { once: `list-${tag}`, body: { name: `Desk ${tag}`, country: "CN", consent: { basis: "consent", evidence: "form 7" } } });
  const leads = `name,phone\nWang Xiaoming,1380013${String(tag).slice(-4)}\n`; // whom nobody has called today
  const job = await api("POST", `/lists/${list.id}/uploads?name=leads.csv`, { type: "application/octet-stream", body: leads });
  await person.done(job.id, company);
  const plan = {
    name: `Desk ${tag}`,
    purpose: "sales",
    mode: "preview",
    lists: [{ list: list.id }],
    caller_ids: [{ number: "862161234567" }],
    hours: { windows: [{ days: [1, 2, 3, 4, 5, 6, 7], from: "00:00", to: "24:00" }] },
    lifted: [{ rule: "cn.hours", reason: "Nobody is called: the other end is a script." }],
    script: { steps: [{ id: "hello", text: "Hello {name}", answers: [{ text: "Yes", disposition: "sale" }] }] },
  };
  const made = await api("POST", "/campaigns", { once: `campaign-${tag}`, body: plan });
  return api("POST", `/campaigns/${made.id}/start`, { once: `start-${tag}`, body: {} });
}
