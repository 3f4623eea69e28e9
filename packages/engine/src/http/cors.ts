/** Response headers that a browser app must be able to read: for `exposedHeaders` of the app's CORS middleware. */
export const exposedHeaders: readonly string[] = [
  "ETag",
  "Last-Modified",
  "Location",
  "Content-Location",
  "Link",
  "Retry-After",
  "Preference-Applied",
  "Unclash-Conflict",
  "Idempotency-Replayed",
  "Accept",
  "Accept-Encoding",
  "Accept-Patch",
  "Allow",
  "Memento-Datetime",
  "WWW-Authenticate",
  "API-Version",
  "Deprecation",
  "Sunset",
  "Vary",
];

/** Request headers that a browser app must be able to send: for `allowedHeaders` of the app's CORS middleware. */
export const allowedHeaders: readonly string[] = [
  "Accept",
  "Authorization",
  "Content-Encoding",
  "Content-Type",
  "If-Match",
  "If-None-Match",
  "If-Modified-Since",
  "If-Unmodified-Since",
  "Prefer",
  "Idempotency-Key",
  "Accept-Datetime",
  "API-Version",
];
