// The addresses the console knows, as its own test writes them to routes.txt.
import { readFileSync } from "node:fs";

const list = readFileSync(new URL("routes.txt", import.meta.url), "utf8");

// routes are the patterns of pages and files that can be asked for.
export const routes = list.split("\n").filter((line) => line.startsWith("GET ")).map((line) => line.slice(4));

const shapes = routes.map((route) => ({ route, parts: route.split("/") })).sort((a, b) => wildcards(a) - wildcards(b));

function wildcards(shape) {
  return shape.parts.filter((p) => p.startsWith("{")).length;
}

// routeOf is the pattern an address belongs to: the one with the fewest gaps, as
// the server chooses too. Empty: no page of the console.
export function routeOf(address) {
  const path = address.split(/[?#]/)[0];
  if (path === "/") return "/{$}";
  const parts = path.split("/");
  const fits = (shape) => shape.parts.length === parts.length && shape.parts.every((p, i) => (p.startsWith("{") && parts[i] !== "") || p === parts[i]);
  return shapes.find(fits)?.route ?? "";
}
