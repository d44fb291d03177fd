// An agent calls from the page: the call is planned, placed, heard both ways, held,
// hung up; then it is usage, rated, and its recording has both voices.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hearing } from "../sound.mjs";

export function telephone(world) {
  test("an agent calls from the page, and the call is heard, recorded and charged", async () => {
    const tab = await world.tab("floor");
    const { page } = tab;
    await hearing(page);
    const firm = world.made.firms.floor;
    const company = firm.split("/")[2];
    await page.goto(`${firm}/telephone`);
    await page.locator("#f-to").fill("13800138000");
    await page.locator('main form input[name="record"]').check();
    await page.locator("main form button.primary").click();
    const waiting = page.locator("[data-call]");
    await waiting.waitFor();
    const call = await waiting.getAttribute("data-call");
    const state = page.locator("[data-state]");
    const is = (word) => page.waitForFunction((w) => document.querySelector("[data-state]").textContent === w, word);

    await page.locator('[data-do="on"]').click();
    await is("Ready");
    await waiting.click();
    await is("Talking");
    await page.waitForTimeout(1500);
    const heard = await page.evaluate(async () => {
      const all = [...(await window.paths[0].getStats()).values()];
      const at = (type) => all.find((s) => s.type === type) ?? {};
      return { in: at("inbound-rtp"), out: at("outbound-rtp"), back: at("remote-inbound-rtp") };
    });
    assert.ok(heard.in.packetsReceived > 40 && heard.in.totalAudioEnergy > 0.01, `heard: ${JSON.stringify(heard.in)}`);
    assert.ok(heard.out.packetsSent > 40, `sent: ${JSON.stringify(heard.out)}`);
    // Both ends count: the browser what it heard, we what we heard of it (RTCP).
    const lost = heard.in.packetsLost / (heard.in.packetsLost + heard.in.packetsReceived);
    assert.ok(lost < 0.02 && heard.in.jitter < 0.1, `heard with ${100 * lost} % lost, jitter ${heard.in.jitter} s`);
    assert.ok(heard.back.fractionLost < 0.02 && heard.back.jitter < 0.1, `heard of us: ${JSON.stringify(heard.back)}`);
    await heardOnTheFloor(world, page, firm, call);
    await page.locator('[data-do="mute"]').click();
    assert.equal(await page.locator('[data-do="mute"]').getAttribute("aria-pressed"), "true");
    await page.locator('[data-do="mute"]').click();
    await page.locator('[data-do="hold"]').click();
    await is("On hold");
    await page.locator('[data-do="hold"]').click();
    await is("Talking");
    await page.evaluate(() => {
      window.tones = [];
      window.paths[0].getSenders()[0].dtmf.addEventListener("tonechange", (e) => window.tones.push(e.tone));
    });
    for (const key of ["5", "#"]) await page.locator(`[data-key="${key}"]`).click();
    await page.waitForFunction(() => window.tones.join("").includes("5#")); // as events beside the sound: a message within the call reaches no customer
    await page.locator('[data-do="hangup"]').click();
    await is("Ready");
    assert.equal(await page.locator("[data-note]").textContent(), "The call has ended");
    assert.deepEqual(tab.wrong, []);

    const person = world.people.floor;
    const [recording] = await until(async () => (await person.api("GET", `/recordings?call=${call}`, { company })).items.filter((r) => r.state === "kept"));
    const sound = await person.get(`/v1/recordings/${recording.id}/sound`, { "Waihu-Company": company });
    assert.equal(sound.status, 200);
    const [ours, theirs] = channels(Buffer.from(await sound.arrayBuffer()));
    assert.ok(share(theirs, 440) > 0.2, `of what the customer said ${share(theirs, 440)} is its tone`);
    assert.ok(loudness(ours) > 50, `the agent's side is ${loudness(ours)} loud`);
    const [fact] = await until(async () => {
      const day = 86_400_000;
      const span = `from=${new Date(Date.now() - day).toISOString()}&until=${new Date(Date.now() + day).toISOString()}`;
      return (await person.api("GET", `/calls?${span}&limit=100`, { company })).items.filter((c) => c.id === call);
    });
    assert.equal(fact.result, "answered");
    assert.ok(fact.talk_seconds >= 3 && fact.charges.length > 0, JSON.stringify(fact));

    // A call is placed once, and a busy number says so.
    await page.goto(`${firm}/telephone`);
    assert.equal(await page.locator("[data-call]").count(), 0);
    await page.locator("#f-to").fill("13800000002");
    await page.locator("main form button.primary").click();
    await page.locator("[data-call]").click();
    await page.waitForFunction(() => document.querySelector("[data-note]").textContent.includes("Busy"));
    await is("Ready");
    await tab.close();
  });

  test("a telephone that stays on takes another log-in before its own ends", async () => {
    const tab = await world.tab("floor");
    const { page } = tab;
    let passes = 0;
    await page.route("**/telephone/pass", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), seconds: passes++ === 0 ? 21 : 600 } });
    });
    await page.goto(`${world.made.firms.floor}/telephone`);
    await page.locator('[data-do="on"]').click();
    await until(async () => (passes >= 2 ? [passes] : []));
    await page.waitForFunction(() => document.querySelector("[data-state]").textContent === "Ready");
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}

// heardOnTheFloor lets a second telephone in the page stand on the floor: it hears
// nothing, then a call its supervisor asks for, then nothing again.
async function heardOnTheFloor(world, page, firm, call) {
  const ask = (how) => world.people.floor.api("PUT", `/running/${call}/hearing`, { company: firm.split("/")[2], body: { how } });
  await page.evaluate(async () => {
    const box = document.getElementById("telephone");
    const [{ default: JsSIP }, pass] = await Promise.all([import(box.dataset.jssip), fetch(box.dataset.pass, { method: "POST", headers: { Accept: "application/json" } })]);
    const log = await pass.json();
    const ua = new JsSIP.UA({ sockets: [new JsSIP.WebSocketInterface(log.socket)], uri: `sip:${log.user}@${log.host}`, password: log.secret, register: false });
    await new Promise((up) => (ua.once("connected", up), ua.start()));
    const stands = ua.call(`sip:floor@${log.host}`, { mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });
    const sound = new Audio(); // what nobody plays has no energy
    stands.connection.addEventListener("track", (e) => ((sound.srcObject = e.streams[0] ?? new MediaStream([e.track])), sound.play()));
    await new Promise((up, no) => (stands.once("confirmed", up), stands.once("failed", (e) => no(new Error(e.cause)))));
    window.stands = { ua, path: stands.connection };
  });
  const energy = () => page.evaluate(async () => [...(await window.stands.path.getStats()).values()].find((s) => s.type === "inbound-rtp")?.totalAudioEnergy ?? 0);
  const rises = async () => {
    const before = await energy();
    await page.waitForTimeout(500);
    return (await energy()) - before;
  };
  assert.ok((await rises()) < 0.0001, "who stands hears nothing");
  await until(async () => ((await ask("listen").catch(() => null)) ? [true] : [])); // the path of the browser is found after the answer
  await until(async () => ((await rises()) > 0.001 ? [true] : []));
  await ask("barge");
  await ask("none");
  await until(async () => ((await rises()) < 0.0001 ? [true] : []));
  await page.evaluate(() => window.stands.ua.stop());
}

// until asks again until there is something.
async function until(ask) {
  for (let tries = 0; tries < 100; tries++) {
    const got = await ask();
    if (got.length > 0) return got;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error("nothing came within 10 s");
}

// channels reads a stereo WAV in A-law or mu-law.
function channels(wav) {
  const law = wav.readUInt16LE(20);
  assert.equal(wav.readUInt16LE(22), 2, "two channels");
  assert.ok(law === 6 || law === 7, `law ${law}`);
  let at = 12;
  while (wav.toString("latin1", at, at + 4) !== "data") at += 8 + wav.readUInt32LE(at + 4);
  const bytes = wav.subarray(at + 8);
  const decode = law === 6 ? aLaw : muLaw;
  const out = [[], []];
  bytes.forEach((b, i) => out[i % 2].push(decode(b)));
  return out;
}

function aLaw(code) {
  const c = code ^ 0x55;
  const exponent = (c & 0x70) >> 4;
  let sample = ((c & 0x0f) << 4) + 8;
  if (exponent > 0) sample = (sample + 0x100) << (exponent - 1);
  return c & 0x80 ? sample : -sample;
}

function muLaw(code) {
  const c = ~code & 0xff;
  const sample = ((((c & 0x0f) << 3) + 0x84) << ((c & 0x70) >> 4)) - 0x84;
  return c & 0x80 ? -sample : sample;
}

function loudness(samples) {
  return Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / Math.max(1, samples.length));
}

// share is how much of the sound is a tone, in frames of 20 ms.
function share(samples, hertz) {
  let sum = 0;
  let frames = 0;
  for (let at = 0; at + 160 <= samples.length; at += 160) {
    const frame = samples.slice(at, at + 160);
    const all = frame.reduce((n, s) => n + s * s, 0);
    if (all < 160 * 10_000) continue; // silence
    let re = 0;
    let im = 0;
    frame.forEach((s, i) => {
      re += s * Math.cos((2 * Math.PI * hertz * i) / 8000);
      im += s * Math.sin((2 * Math.PI * hertz * i) / 8000);
    });
    sum += (2 * (re * re + im * im)) / (all * 160);
    frames++;
  }
  return sum / Math.max(1, frames);
}
