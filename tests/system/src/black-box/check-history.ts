import type { Case, Violation, ViolationKind } from "./history.js";

/** The history by itself: versions 1, 2, 3, …, times that never fall, and at its end what GET tells. */
export function checkHistory({ history: { resource, states, current } }: Case): Violation[] {
  const violations: Violation[] = [];
  const add = (kind: ViolationKind, detail: string): void => void violations.push({ kind, resource, detail });
  let before = { version: 0, modifiedAtMs: 0 };
  for (const state of states) {
    if (state.version !== before.version + 1) {
      add("broken-history", `version ${state.version} comes after ${before.version}`);
    }
    if (state.modifiedAtMs < before.modifiedAtMs) {
      const [from, to] = [before.modifiedAtMs, state.modifiedAtMs].map((ms) => new Date(ms).toISOString());
      add("broken-history", `version ${state.version} is of ${to}, and the one before it of ${from}`);
    }
    before = state;
  }
  const last = states.at(-1);
  if (last?.version !== current?.version || last?.etag !== current?.etag || last?.body !== current?.body) {
    add("current-differs", `GET tells ${JSON.stringify(current)}, and the history ${JSON.stringify(last)}`);
  }
  return violations;
}

/** An entity-tag names one content of one version, wherever it was seen. */
export function checkTags({ history: { resource, states }, operations }: Case): Violation[] {
  const violations: Violation[] = [];
  const versions = new Map<string, number>();
  const bodies = new Map<string, string>();
  const see = (etag: string | undefined, version: number | undefined, body: string | undefined): void => {
    if (etag === undefined) return;
    const [knownVersion = version, knownBody = body] = [versions.get(etag), bodies.get(etag)];
    if (version !== undefined) versions.set(etag, version);
    if (body !== undefined) bodies.set(etag, body);
    if (version !== undefined && version !== knownVersion) {
      violations.push({
        kind: "tag-reused",
        resource,
        detail: `${etag} is of versions ${knownVersion} and ${version}`,
      });
    }
    if (body !== undefined && body !== knownBody) {
      violations.push({ kind: "tag-reused", resource, detail: `${etag} names ${knownBody} and ${body}` });
    }
  };
  const inHistory = new Set<string>();
  for (const { etag, version, body } of states) {
    if (etag !== undefined && inHistory.has(etag)) {
      violations.push({
        kind: "tag-reused",
        resource,
        detail: `${etag} comes twice in the history, at ${version} too`,
      });
    }
    if (etag !== undefined) inHistory.add(etag);
    see(etag, version, body);
  }
  for (const { outcome } of operations) {
    if (outcome.kind === "answered") see(outcome.etag, outcome.version, outcome.body);
  }
  return violations;
}
