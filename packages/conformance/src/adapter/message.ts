/** What a request of the suite says besides its method and path. */
export interface Message {
  /** A value that is an array is sent as so many lines. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
  readonly prefer?: string;
  /** Sent as `Idempotency-Key`, as it is. */
  readonly key?: string;
  /** Sent as `Authorization: Bearer …`. */
  readonly token?: string;
  /** The content as a value, sent as `application/json`. */
  readonly json?: unknown;
  /** The content as a value, sent as `application/merge-patch+json`. */
  readonly mergePatch?: unknown;
  /** The content as a value, sent as `application/json-patch+json`. */
  readonly jsonPatch?: unknown;
  /** The content as it is; its type is JSON's unless the headers say another. */
  readonly content?: string | Buffer;
  /** Sends the content without `Content-Length`, in chunks. */
  readonly chunked?: true;
  /** The answer is the app's or the framework's: none of what holds for unclash's own is checked. */
  readonly foreign?: true;
  /** Sends it on the connection that all messages so marked share, one after the other. */
  readonly sameConnection?: true;
}

/** The content of a message and its media type; `undefined` where it has none. */
export function contentOf(message: Message): { readonly type: string; readonly bytes: Buffer } | undefined {
  if (message.json !== undefined) return jsonContent("application/json", message.json);
  if (message.mergePatch !== undefined) return jsonContent("application/merge-patch+json", message.mergePatch);
  if (message.jsonPatch !== undefined) return jsonContent("application/json-patch+json", message.jsonPatch);
  if (message.content === undefined) return undefined;
  return { type: "application/json", bytes: Buffer.from(message.content) };
}

function jsonContent(type: string, value: unknown): { readonly type: string; readonly bytes: Buffer } {
  return { type, bytes: Buffer.from(JSON.stringify(value)) };
}

/** The headers of a message, by lower-case name, without those that frame its content. */
export function headersOf(message: Message): Record<string, string | readonly string[]> {
  const content = contentOf(message);
  return {
    ...(content && { "content-type": content.type }),
    ...(message.ifMatch !== undefined && { "if-match": message.ifMatch }),
    ...(message.ifNoneMatch !== undefined && { "if-none-match": message.ifNoneMatch }),
    ...(message.prefer !== undefined && { prefer: message.prefer }),
    ...(message.key !== undefined && { "idempotency-key": message.key }),
    ...(message.token !== undefined && { authorization: `Bearer ${message.token}` }),
    ...message.headers,
  };
}
