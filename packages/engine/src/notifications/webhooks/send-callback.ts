import { lookup as systemLookup } from "node:dns";
import { type ClientRequest, Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isIP } from "node:net";
import { TLSSocket } from "node:tls";
import type { Moment } from "@unclash/core/store";
import { checkedLookup, LookupRefusal, type Resolver } from "./checked-lookup.js";
import { lookupAtServers } from "./name-servers.js";
import { isPublicAddress } from "./public-address.js";
import { readRetryAfter } from "./retry-after.js";

export interface CallbackSenderOptions {
  /** Connects to any address, not to public ones alone. */
  readonly allowPrivateCallbacks: boolean;
  /**
   * Resolves names.
   *
   * @default the system's name servers, for 3 s at most; with `allowPrivateCallbacks` `dns.lookup`, which knows the
   * names of the machine too, and takes a thread of Node's pool while it waits
   */
  readonly lookup?: Resolver;
  /** How long an attempt may take, from its start to the end of the response, in milliseconds. @default 10,000 */
  readonly timeoutMs?: number;
  /** Connections to one host and port at once. An attempt that has to wait for one uses up its time. @default 16 */
  readonly socketsPerHostMax?: number;
  /** Connections to all hosts at once, idle ones included. @default 512 */
  readonly socketsMax?: number;
  /** How long a connection is kept for the next attempt, in milliseconds; most servers keep it 5 s. @default 4,000 */
  readonly idleMsMax?: number;
  /** Certificates of authorities that are trusted instead of those that Node trusts. */
  readonly ca?: string;
  /** The wall clock, for `Retry-After` with a date. @default Date.now */
  readonly now?: () => Moment;
}

/** One attempt: a POST. */
export interface CallbackAttempt {
  /** As `checkCallbackUrl` gave it. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Breaks the attempt off. */
  readonly signal?: AbortSignal;
}

/**
 * Why an attempt failed: its host has an `address` that is not public, or none (`resolution`); no `connection` was
 * made, or it broke; the certificate or handshake was refused (`tls`); the time was up; it was `aborted`; the response
 * is none of HTTP/1.1, or had too much content (`malformed-response`).
 */
export type CallbackFailure =
  | "address"
  | "resolution"
  | "connection"
  | "tls"
  | "timeout"
  | "aborted"
  | "malformed-response";

/** The outcome of an attempt. `answered` says that a whole response came, whatever its status; redirects too. */
export type CallbackOutcome =
  | {
      readonly kind: "answered";
      readonly status: number;
      /** How long the receiver wants no other attempt, from 0 to a day. */
      readonly retryAfterSeconds?: number;
      readonly durationMs: number;
    }
  | { readonly kind: "failed"; readonly reason: CallbackFailure; readonly durationMs: number };

export interface CallbackSender {
  /** Makes one attempt. It never rejects, whatever the receiver and the network do. */
  send(attempt: CallbackAttempt): Promise<CallbackOutcome>;
  /** Closes all connections. What is on its way is `aborted`, and so is whatever is sent from now on. */
  close(): void;
}

/** How much content of a response is read. None of it is kept: what it says is the receiver's and nobody else's. */
const contentBytesMax = 4_096;

/** How many interim responses (1xx, RFC 9110 §15.2) may come before the response. */
const interimResponsesMax = 8;

/** How many connections to one host and port stay open while nothing is sent there. */
const idlePerHostMax = 4;

/**
 * Makes what sends callbacks: POST over connections of its own, of HTTP/1.1. It follows no redirect, takes no proxy
 * from the environment, and reads no more of a response than its head, of at most 16 KiB, and 4 KiB of content. A name
 * is resolved for each connection, and the connection goes to the addresses that were checked.
 */
export function createCallbackSender(options: CallbackSenderOptions): CallbackSender {
  const { allowPrivateCallbacks, timeoutMs = 10_000, now = Date.now } = options;
  const agents = createAgents(options);
  const underway = new Set<() => void>();
  let isClosed = false;

  return {
    send: ({ url, headers, body, signal }) => {
      const startedAt = performance.now();
      const durationMs = (): number => Math.round(performance.now() - startedAt);
      const failed = (reason: CallbackFailure): CallbackOutcome => ({
        kind: "failed",
        reason,
        durationMs: durationMs(),
      });
      if (isClosed || signal?.aborted === true) return Promise.resolve(failed("aborted"));
      if (!allowPrivateCallbacks && isPrivateLiteral(url)) return Promise.resolve(failed("address"));
      return new Promise((resolve) => {
        const request = openRequest(url, headers, body, agents);
        const settle = (outcome: CallbackOutcome): void => {
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
          underway.delete(abort);
          resolve(outcome);
        };
        const fail = (reason: CallbackFailure): void => {
          settle(failed(reason));
          request.destroy();
        };
        const abort = (): void => fail("aborted");
        const timer = setTimeout(fail, timeoutMs, "timeout");
        signal?.addEventListener("abort", abort);
        underway.add(abort);
        observe(request, fail, ({ statusCode: status = 0, headers: { "retry-after": field } }) => {
          const retryAfterSeconds = readRetryAfter(field, now());
          const seconds = retryAfterSeconds === undefined ? {} : { retryAfterSeconds };
          settle({ kind: "answered", status, ...seconds, durationMs: durationMs() });
        });
        request.end(body);
      });
    },
    close: () => {
      isClosed = true;
      for (const abort of underway) abort();
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

function createAgents(options: CallbackSenderOptions): Agents {
  const { allowPrivateCallbacks, ca } = options;
  const { lookup = allowPrivateCallbacks ? systemLookup : lookupAtServers } = options;
  const { socketsPerHostMax = 16, socketsMax = 512, idleMsMax = 4_000 } = options;
  const shared = {
    keepAlive: true,
    maxSockets: socketsPerHostMax,
    maxTotalSockets: socketsMax,
    maxFreeSockets: idlePerHostMax,
    timeout: idleMsMax,
    lookup: checkedLookup(lookup, allowPrivateCallbacks),
  };
  // Said outright, since NODE_TLS_REJECT_UNAUTHORIZED would turn it off.
  const tls = { rejectUnauthorized: true, ...(ca !== undefined && { ca }) };
  return { http: new HttpAgent(shared), https: new HttpsAgent({ ...shared, ...tls }) };
}

/** Node asks no `lookup` about a host that is an address. */
function isPrivateLiteral({ hostname }: URL): boolean {
  const address = hostname.startsWith("[") ? hostname.slice(1, -1) : hostname;
  return isIP(address) !== 0 && !isPublicAddress(address);
}

function openRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: string,
  { http, https }: Agents,
): ClientRequest {
  const sent = { method: "POST", headers: { ...headers, "content-length": Buffer.byteLength(body) } };
  return url.protocol === "https:"
    ? requestHttps(url, { ...sent, agent: https })
    : requestHttp(url, { ...sent, agent: http });
}

/** Calls one of the two, once the response has ended or can't be had. Later calls are of no account to a promise. */
function observe(
  request: ClientRequest,
  fail: (reason: CallbackFailure) => void,
  answer: (response: IncomingMessage) => void,
): void {
  let interimResponses = 0;
  let contentBytes = 0;
  request.on("error", (error) => fail(reasonOf(error, request)));
  request.on("information", () => {
    interimResponses += 1;
    if (interimResponses > interimResponsesMax) fail("malformed-response");
  });
  request.on("upgrade", (_response, socket) => {
    // In Node 26 the socket is no longer the request's, and is not destroyed with it.
    socket.destroy();
    fail("malformed-response");
  });
  request.on("response", (response) => {
    response.on("data", (chunk: Buffer) => {
      contentBytes += chunk.length;
      if (contentBytes > contentBytesMax) fail("malformed-response");
    });
    response.on("error", (error) => fail(reasonOf(error, request)));
    response.on("end", () => answer(response));
  });
}

function reasonOf(error: Error, { socket }: ClientRequest): CallbackFailure {
  if (error instanceof LookupRefusal) return error.reason;
  const code = "code" in error ? String(error.code) : "";
  if (code.startsWith("HPE_")) return "malformed-response";
  const isRefusedCertificate = socket instanceof TLSSocket && Boolean(socket.authorizationError);
  return isRefusedCertificate || /^(EPROTO|ERR_SSL_|ERR_TLS_)/.test(code) ? "tls" : "connection";
}
