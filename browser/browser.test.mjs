// The browser tests, over one demo and one Chromium: `make test-browser`.
import { after } from "node:test";
import { everyPage } from "./every-page.test.mjs";
import { open } from "./world.mjs";

const world = await open();
after(() => world.close());
everyPage(world, await world.crawl());
