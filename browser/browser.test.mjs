// The browser tests, over one demo and one Chromium: `make test-browser`.
import { after } from "node:test";
import { everyPage, lightEnough } from "./every-page.test.mjs";
import { audit } from "./flows/audit.test.mjs";
import { badInput } from "./flows/bad-input.test.mjs";
import { compare } from "./flows/compare.test.mjs";
import { desk } from "./flows/desk.test.mjs";
import { floor } from "./flows/floor.test.mjs";
import { keyboard } from "./flows/keyboard.test.mjs";
import { planToPaid } from "./flows/plan-to-paid.test.mjs";
import { telephone } from "./flows/telephone.test.mjs";
import { tour } from "./flows/tour.test.mjs";
import { open } from "./world.mjs";

const world = await open();
after(() => world.close());
const walk = await world.crawl();
tour(world);
planToPaid(world);
telephone(world);
desk(world);
floor(world);
compare(world);
audit(world);
keyboard(world);
badInput(world, walk);
everyPage(world, walk);
lightEnough(world, walk);
