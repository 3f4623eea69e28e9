import { refuseCredentials } from "unclash";
import { handler, put, serve } from "./guarded-put.mjs";

async function refusalCaught() {
  try {
    return refuseCredentials();
  } catch {
    return undefined;
  }
}

/** Mistakes in what an app's functions give, which a request meets. */
export const callbackMistakes = [
  ["identify gives an id", "identify must give an actor", serve({ identify: () => ({ id: 7 }) })],
  ["identify catches a refusal", "identify called refuseCredentials()", serve({ identify: refusalCaught })],
  ["identify gives a text", 'and gave "alice"', serve({ identify: () => "alice" })],
  [
    "identify gives a name that is none",
    "its `name` must be a non-empty string",
    serve({ identify: async () => ({ name: "" }) }),
  ],
  [
    "identify gives the promise of a name",
    "and is a promise: put `await` before it",
    serve({ identify: () => ({ name: Promise.resolve("a") }) }),
  ],
  [
    "resource is async and rejects",
    "resource must not be async",
    serve({ resource: async () => Promise.reject(new Error("later")) }),
  ],
  ["resource gives a number", "and returned 7", serve({ resource: () => 7 })],
  [
    "represent is async and rejects",
    "represent must not be async",
    serve(
      { conflicts: { discloseCurrent: true }, represent: async () => Promise.reject(new Error("later")) },
      handler,
      {
        ...put,
        headers: { "if-match": '"0"' },
      },
    ),
  ],
  [
    "represent gives a text",
    "represent must return an object",
    serve({ conflicts: { discloseCurrent: true }, represent: () => "a row" }, handler, {
      ...put,
      headers: { "if-match": '"0"' },
    }),
  ],
  [
    "problem is async and rejects",
    "problem must not be async",
    serve({ problem: async () => Promise.reject(new Error("later")) }, handler, { ...put, headers: {} }),
  ],
  [
    "problem gives a bigint",
    "problem must return text, or what can be sent as JSON",
    serve({ problem: () => ({ id: 1n }) }, handler, { ...put, headers: {} }),
  ],
  [
    "strategy gives true",
    "strategy must give",
    serve({ conflicts: { strategy: () => true }, past: () => ({}), represent: (row) => row }, handler, {
      ...put,
      headers: { "if-match": '"0"' },
    }),
  ],
  [
    "observe throws",
    "UNCLASH_OBSERVER_FAILED",
    serve({ observe: () => JSON.parse("{") }, ({ res, outcome }) => {
      outcome.updated(2);
      res.end();
    }),
  ],
];
