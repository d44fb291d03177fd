// The desk and the wallboard over a floor that the test plays: by keyboard alone through
// a call, cut off and back, reloaded in mid-call, and what each piece of bad luck says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { impaired, overflow, turned, unspoken } from "../checks.mjs";
import { colleagues, desks, fakeFloor, floorOf, guide, numbers, sheet, trunks } from "../fake-floor.mjs";

// desk opens the page of an agent who is in a state already.
async function deskIn(world, state, { lang = "en", theme = "light", with: of = sheet, ready, microphone = "NotFoundError" } = {}) {
  const tab = await world.tab("floor", { lang, theme });
  await tab.page.addInitScript(fakeFloor, { desk: state, sheet: of, ready });
  await tab.page.addInitScript((why) => {
    navigator.mediaDevices.getUserMedia = async () => {
      throw new DOMException("", why);
    };
    Storage.prototype.getItem = new Proxy(Storage.prototype.getItem, { apply: (f, of, [key]) => (/^waihu\.desk\.co_/.test(key) ? "fls_1" : Reflect.apply(f, of, [key])) });
  }, microphone);
  await tab.page.goto(`${world.made.firms.floor}/desk`);
  await tab.page.waitForFunction((s) => document.getElementById("desk").dataset.state === s, state.state);
  return tab;
}

// reads wants a page that everybody can read, in both themes.
async function reads(page) {
  assert.deepEqual(await impaired(page), []);
  await turned(page, "dark");
  assert.deepEqual(await impaired(page, { only: ["color-contrast"] }), []);
}

const asked = (page) => page.evaluate(() => window.fake.asked.map((a) => [a.verb, a.body]));
const put = (page, changes) => page.evaluate((c) => window.fake.put(c), changes);
const text = (page, what) => page.locator(what).innerText();

export function desk(world) {
  test("an agent takes a call with the keyboard alone", async () => {
    const { page, wrong, close } = await deskIn(world, desks.shown);
    await page.keyboard.press("Enter");
    await put(page, desks.ringing);
    assert.match(await text(page, "[data-step]"), /Ringing/);
    await put(page, desks.talking);
    await page.locator('[data-do="hold"]:not([disabled])').waitFor();
    for (const key of ["h", "r"]) await page.keyboard.press(key);
    await put(page, { call: { ...desks.talking.call, held: true, recording_paused: true } });
    await page.locator('[data-do="hold"][aria-pressed="true"]').waitFor();
    await page.keyboard.press("t");
    await page.keyboard.press("Enter"); // the first target has the focus
    await page.keyboard.press("a");
    await page.keyboard.press("Enter");
    assert.match(await text(page, "[data-script]"), /Your price stays/);
    await page.keyboard.press("n");
    await page.keyboard.press("End");
    await page.keyboard.type(" 1");
    await page.keyboard.press("Escape");
    await page.keyboard.press("3"); // a callback: its first preset has the focus
    await page.keyboard.press("Enter");
    await page.locator("[data-drawer=callback] .primary").press("Enter");
    await page.locator("[data-pending]", { hasText: /Call back[^]*Callback agreed for/ }).waitFor(); // kept, and shown as it is kept
    await page.keyboard.press("F4");
    await put(page, desks.wrap_up);
    await page.waitForFunction(() => document.getElementById("desk").dataset.state === "wrap_up");
    await page.keyboard.press("1");
    await page.locator("[data-pending]:not([hidden])").waitFor();
    await page.keyboard.press("z");
    await page.locator("[data-pending]").waitFor({ state: "hidden" });
    await page.keyboard.press("9");
    assert.match(await text(page, '[data-code="refused"]'), /Press again/); // final for the company: two presses
    await page.keyboard.press("2");
    await page.keyboard.press("Enter"); // now, and not in five seconds
    await page.waitForFunction(() => window.fake.asked.filter((a) => a.verb === "dispose").length === 4);
    const all = await asked(page);
    const verbs = all.map(([verb]) => verb).filter((v) => v !== "notes");
    assert.deepEqual(verbs, ["preview", "hold", "recording", "transfer", "dispose", "hangup", "dispose", "retract", "dispose", "dispose"]);
    const [first, second, , last] = all.filter(([verb]) => verb === "dispose").map(([, body]) => body);
    assert.ok(first.kept && second.kept && !last.kept, "what is chosen can be taken back until it is sent");
    assert.equal(first.callback.time_zone, "Asia/Shanghai");
    assert.ok(Date.parse(first.callback.at) > Date.now() && first.callback.mine && first.notes.endsWith(" 1"), JSON.stringify(first));
    assert.equal(last.code, "no_interest");
    assert.deepEqual(wrong, []);
    await close();
  });

  test("a call lives on through a reload and a cut, and the page says so meanwhile", async () => {
    const { page, close } = await deskIn(world, desks.talking);
    assert.equal(await page.locator("[data-notes]").inputValue(), "Asked for the price of Fibre 1000.");
    await page.keyboard.press("m");
    await page.locator('[data-do="mute"][aria-pressed="true"]').waitFor();
    await page.evaluate(() => window.fake.cut());
    await page.locator(".desk-notice", { hasText: "Cut off from the server" }).waitFor();
    assert.match(await text(page, "[data-notices]"), /Your call goes on/);
    await page.evaluate((d) => {
      Object.assign(window.fake.desk, d);
      window.fake.back();
    }, desks.wrap_up);
    await page.waitForFunction(() => document.getElementById("desk").dataset.state === "wrap_up");
    assert.equal(await page.locator(".desk-notice", { hasText: "Cut off" }).count(), 0);
    await page.reload();
    await page.waitForFunction(() => document.getElementById("desk").dataset.state === "talking"); // as the server says after it
    await page.locator('[data-do="mute"][aria-pressed="true"]').waitFor(); // who was not to hear the agent does not
    assert.match(await text(page, "[data-who]"), /Wang Xiaoming/);
    await close();
  });

  test("a colleague who is ready joins a call and has it, and who helps can do no more than leave", async () => {
    const ready = colleagues();
    const { page, wrong, close } = await deskIn(world, desks.talking, { ready });
    const doing = (name, what) => page.locator("[data-ready] .desk-target", { hasText: name }).getByRole("button", { name: what });
    await page.keyboard.press("t");
    await doing("Wu Xia", "Bring in").click();
    await put(page, { call: { ...desks.talking.call, beside: [ready[1]] } });
    await page.evaluate(() => (window.fake.ready = window.fake.ready.slice(0, 1)));
    await page.locator("[data-shown]", { hasText: "With Wu Xia" }).waitFor();
    await page.keyboard.press("t");
    await doing("Wu Xia", "Bring in").waitFor({ state: "detached" }); // is ready no more
    assert.match(await text(page, "[data-ready]"), /Zhou Jie.*ready for 1:/s);
    await page.getByRole("button", { name: "Leave the call to Wu Xia" }).click();
    await page.waitForFunction(() => window.fake.asked.filter((a) => a.verb === "transfer").length === 2);
    assert.deepEqual(await asked(page), [["transfer", { agent: "user_8", together: true }], ["transfer", { agent: "user_8", together: false }]]);
    const third = { name: "Second line", number: "862161230000", since: new Date().toISOString() };
    const leaves = page.getByRole("button", { name: "Leave the call to Second line", includeHidden: true });
    await put(page, { call: { ...desks.talking.call, with: [{ ...third, rings: true }] } });
    await page.locator("[data-shown]", { hasText: "Calling Second line" }).waitFor();
    assert.equal(await leaves.count(), 0); // nobody would be there yet
    await put(page, { call: { ...desks.talking.call, with: [third] } });
    await page.locator("[data-shown]", { hasText: "With Second line" }).waitFor();
    await leaves.waitFor({ state: "attached" });
    await put(page, { call: { ...desks.talking.call, of: "Zhou Jie" } });
    await page.getByRole("button", { name: /^Leave the call/ }).waitFor();
    await page.locator("[data-shown]", { hasText: "You help in the call of Zhou Jie" }).waitFor();
    for (const key of ["h", "t", "1", "n"]) await page.keyboard.press(key);
    await page.keyboard.press("F4");
    await page.waitForFunction(() => window.fake.asked.at(-1).verb === "hangup");
    assert.equal((await asked(page)).length, 3); // nothing but that is the helper's to do
    assert.deepEqual(wrong, []);
    await close();
  });

  test("the time somebody leaves is on the clock of the company, whatever the computer's", async () => {
    const tab = await world.tab("floor");
    const { page } = tab;
    await page.addInitScript(fakeFloor, {});
    await page.goto(`${world.made.firms.floor}/desk`);
    await page.evaluate(() => (window.fake.refuse.login = { code: "floor_seats_full", title: "All seats are taken" }));
    const form = page.locator("form[data-login]");
    assert.match(await form.innerText(), /on the clock of Asia\/Shanghai/);
    await form.locator("input[name=campaign]").first().check();
    await form.locator("input[name=leaves]").fill("23:59");
    await form.locator("button.primary").click();
    await page.waitForFunction(() => window.fake.asked.some((a) => a.verb === "login"));
    const { leaves } = Object.fromEntries(await asked(page)).login;
    assert.match(leaves, /T15:59:00\.000Z$/);
    const wait = Date.parse(leaves) - Date.now();
    assert.ok(wait > -60_000 && wait <= 86_400_000, leaves);
    await tab.close();
  });

  test("a double click asks once, and digits meant for a line that is free choose nothing", async () => {
    const { page, wrong, close } = await deskIn(world, desks.shown);
    const verbs = async () => (await asked(page)).map(([verb]) => verb);
    assert.match(await text(page, "#desk"), /To be dialed/);
    await page.evaluate(() => {
      const dial = document.querySelector('[data-do="dial"]');
      dial.click();
      dial.click();
    });
    assert.deepEqual((await verbs()).filter((v) => v === "preview"), ["preview"]);
    await put(page, desks.talking);
    await page.locator('[data-do="keypad"]:not([disabled])').waitFor();
    await page.keyboard.press("k");
    await page.keyboard.press("7");
    await put(page, desks.wrap_up); // the customer hangs up while a number is keyed in
    await page.waitForFunction(() => document.getElementById("desk").dataset.state === "wrap_up");
    await page.keyboard.press("1");
    assert.match(await text(page, "[data-notices]"), /The call is over: no keys can be sent/);
    assert.ok((await verbs()).includes("keys") && !(await verbs()).includes("dispose"));
    assert.equal(await page.locator("[data-tiles] [aria-pressed=true], [data-tiles] [aria-checked=true]").count(), 0);
    assert.deepEqual(wrong, []);
    await close();
  });

  test("who logs in elsewhere while their call goes on comes to the campaign of the call", async () => {
    const tab = await world.tab("floor");
    const { page } = tab;
    await page.addInitScript(fakeFloor, { desk: desks.talking, sheet });
    await page.goto(`${world.made.firms.floor}/desk`);
    await page.evaluate(() => (window.fake.refuse.login = { code: "floor_in_call", title: "A call goes on" }));
    const form = page.locator("form[data-login]");
    await form.locator("input[name=campaign]").last().check();
    await form.locator("button.primary").click();
    await page.waitForFunction(() => window.fake.asked.filter((a) => a.verb === "login").length === 2);
    const sent = (await asked(page)).filter(([verb]) => verb === "login").map(([, body]) => body.campaign);
    assert.equal(sent[1], desks.talking.campaign);
    assert.notEqual(sent[0], sent[1]);
    await tab.close();
  });

  test("who waits is told when the next call comes, where it can be said", async () => {
    const { page, close } = await deskIn(world, desks.ready);
    assert.match(await text(page, "[data-soon]"), /in about 5 to 20 seconds/);
    await put(page, { next: { ahead: 0, in_flight: 1 } });
    await page.locator("[data-forecast]", { hasText: "You are next" }).waitFor();
    assert.equal(await text(page, "[data-soon]"), "");
    await close();
  });

  test("a script with questions is gone through, and kept as it is answered", async () => {
    const { page, wrong, close } = await deskIn(world, desks.talking, { with: { ...sheet, guide } });
    await page.getByLabel("Fibre").check();
    await page.locator('[data-question="happy"][data-missing]').waitFor();
    await page.getByRole("radio", { name: "4", exact: true }).check();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByLabel("Why?").fill("because");
    await page.getByLabel("Yes").check();
    await page.getByRole("button", { name: "Next" }).click();
    await page.locator("[data-script]", { hasText: "The script is over" }).waitFor();
    assert.deepEqual(await page.evaluate(() => window.fake.answers.moves), [{ step: "q", answers: { line: ["fibre"], happy: ["4"] } }, { step: "more", answers: { why: ["because"], again: ["yes"] } }]);
    await page.locator("[data-script] .primary").click(); // what its end proposes
    await page.waitForFunction(() => window.fake.asked.some((a) => a.verb === "dispose" && a.body.code === "sale"));
    assert.deepEqual(wrong, []);
    await close();
  });

  test("bad luck is said with what to do", async () => {
    const { page, close } = await deskIn(world, { ...desks.talking, line: false });
    const says = (words) => page.locator("[data-notices]", { hasText: words }).waitFor();
    await says("No microphone was found");
    const notice = (code, en) => ({ code, at: new Date().toISOString(), text: { en } });
    await put(page, { notices: [notice("seat_taken", "Your seat was taken away"), notice("contract_stopped", "The contract does not serve")] });
    await says("Your seat was taken away");
    await says("The contract does not serve");
    await page.evaluate(() => (window.fake.refuse.hold = { code: "floor_no_call", title: "There is no conversation" }));
    await page.keyboard.press("h");
    await says("There is no conversation");
    await put(page, { then: "paused", then_for: "forced", forced: { by: "user_s", name: "Wu Xia", since: new Date().toISOString(), why: "team meeting" } });
    await says(/Paused by Wu Xia since .*: team meeting.*after this call/);
    assert.equal(await page.locator('[data-do="ready"]').isVisible(), false); // a supervisor ends it
    await page.evaluate(() => (Date.now = () => performance.now() + 7_200_000));
    await says("The clock of this computer is wrong");
    await put(page, { state: "out", notices: [notice("elsewhere", "You are logged in elsewhere since")] });
    await says("You logged in at another place");
    assert.match(await text(page, "#desk"), /Not on this page/);
    const other = await page.context().newPage();
    await other.addInitScript(fakeFloor, { desk: null, sheet });
    await other.goto(`${world.made.firms.floor}/desk`);
    await other.locator("[data-notices]", { hasText: "open in another tab" }).waitFor();
    await page.close();
    await other.locator("[data-notices]", { hasText: "other tab of the desk is closed" }).waitFor();
    await other.locator("[data-notices] button").click();
    await other.locator("[data-notices]", { hasText: "is closed" }).waitFor({ state: "detached" });
    await other.locator('[name="campaign"]').first().waitFor();
    await other.close();
    await close();
  });

  test("a microphone that is refused is said, with what to do, and the call is there", async () => {
    const { page, close } = await deskIn(world, { ...desks.talking, line: false }, { microphone: "NotAllowedError" });
    await page.locator("[data-notices]", { hasText: /may not use the microphone.*Allow it beside the address/s }).waitFor();
    assert.match(await text(page, "[data-who]"), /Wang Xiaoming/);
    await close();
  });

  test("the desk and the wallboard read well in three languages and two themes", async () => {
    for (const [lang, state] of [["en", desks.wrap_up], ["zh-Hant", desks.talking], ["zh-Hans", desks.paused]]) {
      const { page, close } = await deskIn(world, state, { lang });
      await page.locator("[data-person] > :first-child").waitFor();
      assert.deepEqual(await unspoken(page), []);
      assert.deepEqual(await overflow(page), []);
      if (lang === "en") await reads(page);
      await close();
    }
    const tab = await world.tab("floor", { lang: "zh-Hant" });
    await tab.page.addInitScript(fakeFloor, { floor: floorOf(30), trunks, numbers });
    await tab.page.goto(`${world.made.firms.floor}/wallboard?t_busy=90&t_wait=30`);
    await tab.page.locator(".wall-agent").first().click();
    assert.match(await tab.page.locator("[data-callers] li").first().innerText(), /862161234501[^]*偏低[^]*13%[^]*22%/); // the worst comes first, beside the others
    assert.deepEqual(await unspoken(tab.page), []);
    assert.deepEqual(await overflow(tab.page), []);
    await reads(tab.page);
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });

  test("a wallboard of three hundred agents changes in place", async () => {
    const tab = await world.tab("floor");
    const { page } = tab;
    await page.addInitScript(fakeFloor, { floor: floorOf(300), trunks });
    await page.goto(`${world.made.firms.floor}/wallboard`);
    await page.waitForFunction(() => document.querySelectorAll(".wall-agent").length === 300);
    const cells = await page.evaluateHandle(() => [...document.querySelectorAll(".wall-grid > li")]);
    await page.evaluate(() => {
      for (const a of window.fake.floor.agents.slice(0, 50)) window.fake.tell("agent", { ...a, state: "paused", reason: "lunch", since: new Date().toISOString() });
    });
    await page.waitForFunction(() => document.querySelector('.wall-chip[data-state="paused"] .num').textContent >= "50");
    assert.ok(await page.evaluate((were) => were.every((c) => c.isConnected), cells), "cells were made anew");
    await page.locator('.wall-chip[data-state="paused"]').click();
    await page.locator('.wall-agent[data-state="talking"]').first().waitFor({ state: "hidden" });
    await page.evaluate(() => window.fake.tell("agent", { ...window.fake.floor.agents[0], state: "paused", reason: "forced", forced: { by: "user_s", name: "Wu Xia", since: new Date().toISOString(), why: "team meeting" } }));
    await page.locator(".wall-agent", { hasText: "Paused by Wu Xia" }).click();
    assert.match(await page.locator("[data-panel-forced]").innerText(), /team meeting/);
    await page.locator("[data-release]").click();
    await page.waitForFunction(() => window.fake.asked.at(-1)?.verb === "agents/user_0/release");
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}
