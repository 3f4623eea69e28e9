import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import * as core from "@unclash/core";
import { applyMergePatch, type JsonObject, jsonEqual } from "@unclash/core/json";
import { type Content, checkNote, readContent } from "./content.js";
import {
  type Answer,
  absent,
  conflict,
  malformed,
  type NamedState,
  preconditionRequired,
  problemAnswer,
  type Refusal,
} from "./refusal.js";

/** A note; of a deleted one its version is left, from which it goes on counting should it be made again. */
type Note = NamedState & { readonly fields: JsonObject };
type Tombstone = NamedState & { readonly fields: null };

const notes = new Map<string, Note | Tombstone>();
const allow = "GET, HEAD, PUT, PATCH, DELETE";

/** First, what the request says and whether that can be understood. All waiting is done in here. */
async function answer(request: IncomingMessage, path: string): Promise<Answer | Refusal> {
  const { method = "GET" } = request;
  const rawId = /^\/notes\/([^/]+)$/.exec(path)?.[1];
  if (rawId === undefined) return { slug: "not-found", detail: "There is nothing at this path." };
  if (!allow.split(", ").includes(method)) {
    return { slug: "method-not-allowed", detail: `The methods here are ${allow}.`, headers: { allow } };
  }
  const id = decodeId(rawId);
  if (typeof id !== "string") return malformed([{ ...id, parameter: "id" }]);
  const content = method === "PUT" || method === "PATCH" ? await readContent(request, id) : {};
  if ("slug" in content) return content;
  const { version } = content;
  const facts = { method, now: Date.now(), ...(version !== undefined && { version }) };
  const parsed = core.parseConditions((name) => request.headersDistinct[name]?.join(", "), facts);
  return parsed.kind === "malformed" ? malformed(parsed.errors) : decide(method, id, parsed.conditions, content);
}

/**
 * Then, what becomes of it. To look, to decide and to write are one step: nothing is awaited in here, so nobody else in
 * this process can write in between. With a database or a second process that is not enough, and the check would be a
 * race. There the write itself compares (`UPDATE … WHERE id = $1 AND version = $2`), and one that finds no row to
 * change is this same conflict.
 */
function decide(method: string, id: string, conditions: core.Conditions, content: Content): Answer | Refusal {
  const key = core.resourceKey("notes", id);
  const found = notes.get(id);
  const current = found?.fields ? found : undefined;
  const isRead = method === "GET" || method === "HEAD";
  if (current === undefined && method !== "PUT") return absent(key, found);
  if (!isRead && !core.satisfiesRequirement(method, conditions, { datesSuffice: false })) {
    return preconditionRequired(key, pathOf(id));
  }
  const decision = core.evaluatePreconditions(method, conditions, stateOf(current));
  if (decision.kind === "failed") {
    return conflict(key, { conditions, failed: decision.condition }, current, isRead ? 412 : 409);
  }
  if (isRead && current !== undefined) {
    const headers = { ...validators(current), "cache-control": "no-cache" };
    return decision.kind === "not-modified" ? { status: 304, headers } : shown(200, id, current, headers);
  }
  if (method === "DELETE") {
    notes.set(id, { ...nextAfter(found), fields: null });
    return { status: 204, headers: {} };
  }
  const { fields: sent = null } = content;
  const proposed = checkNote(method === "PATCH" ? applyMergePatch(current?.fields, sent) : sent);
  if ("slug" in proposed) return proposed;
  const { fields } = proposed;
  const note = current && jsonEqual(current.fields, fields) ? current : { ...nextAfter(found), fields };
  notes.set(id, note);
  const headers = { ...validators(note), "content-location": pathOf(id) };
  if (current === undefined) return shown(201, id, note, { ...headers, location: pathOf(id) });
  return shown(200, id, note, headers);
}

/** The next version, with a tag at random: no two states ever share it, though a restart counts from 1 again. */
function nextAfter(found: NamedState = { version: 0, etag: "", modifiedAt: 0 }): NamedState {
  const version = found.version + 1;
  const etag = core.versionTag(version, randomBytes(12).toString("base64url"));
  // Later than the state before, even where the clock was set back.
  return { version, etag, modifiedAt: Math.max(Date.now(), found.modifiedAt + 1) };
}

function stateOf(note: Note | undefined): core.CurrentState {
  if (note === undefined) return { kind: "absent" };
  const { version, modifiedAt, etag } = note;
  return { kind: "present", version, modifiedAt, etag: { weak: false, opaque: etag.slice(1, -1) } };
}

function validators({ etag, modifiedAt }: Note): OutgoingHttpHeaders {
  return { etag, "last-modified": core.formatHttpDate(Math.min(modifiedAt, Date.now())) };
}

function shown(status: number, id: string, { version, fields }: Note, headers: OutgoingHttpHeaders): Answer {
  const body = JSON.stringify({ id, version, ...fields });
  return { status, headers: { ...headers, "content-type": "application/json; charset=utf-8" }, body };
}

/** The id in a path, or what is wrong with it. */
function decodeId(raw: string): string | core.IdFault {
  try {
    const id = decodeURIComponent(raw);
    return core.idFault(id) ?? id;
  } catch {
    return { code: "malformed-id", detail: "An id must be percent-encoded UTF-8." };
  }
}

function pathOf(id: string): string {
  return `/notes/${encodeURIComponent(id)}`;
}

const server = createServer(async (request, response) => {
  const path = request.url?.split("?", 1)[0] ?? "/";
  const outcome = await answer(request, path);
  const { status, headers, body } = "slug" in outcome ? problemAnswer(outcome, path) : outcome;
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  const last = server.listening ? {} : { connection: "close" };
  response.writeHead(status, { ...headers, ...length, ...last }).end(body);
});

const { HOST: host = "127.0.0.1", PORT: port = "3000" } = process.env;
server.listen(Number(port), host, () => {
  const address = server.address();
  const bound = typeof address === "object" ? address?.port : undefined;
  console.log(`listening on http://${host}:${bound ?? port}`);
});
process.on("SIGTERM", () => {
  // Requests that run are finished, for four seconds at most.
  server.close();
  setTimeout(() => server.closeAllConnections(), 4_000).unref();
});
