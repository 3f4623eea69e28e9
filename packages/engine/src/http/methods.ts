const safeMethods: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY", "TRACE"]);

/** Whether a method changes nothing (RFC 9110 §9.2.1, and QUERY). */
export function isSafe(method: string): boolean {
  return safeMethods.has(method);
}

/** Whether a method asks for a representation. */
export function isRead(method: string): boolean {
  return method === "GET" || method === "HEAD" || method === "QUERY";
}

/** Whether preconditions mean anything for a method: some are about no state of a resource (RFC 9110 §13.2.1). */
export function hasState(method: string): boolean {
  return method !== "OPTIONS" && method !== "TRACE" && method !== "CONNECT";
}
