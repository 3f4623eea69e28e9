import { type MountPoint, originForm } from "unclash/adapter";

/**
 * Splits a URL below a prefix that Fastify's router has found there. The parts are counted, not compared: a prefix may
 * hold parameters, and the router may take no notice of case.
 */
export function pointBelow(target: string, prefix: string): MountPoint {
  const url = originForm(target);
  const path = url.split("?", 1)[0] ?? "";
  let end = 0;
  for (let part = 1; part < prefix.split("/").length; part += 1) {
    const next = path.indexOf("/", end + 1);
    end = next === -1 ? path.length : next;
  }
  const below = url.slice(end);
  const isWhole = below.startsWith("/") || prefix === "";
  return { base: path.slice(0, end), url: isWhole ? below : `/${below}` };
}
