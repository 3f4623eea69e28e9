import type { HistoryPage, Store, StoredRecord } from "@unclash/core/store";

/** A store whose history is not what was written, in one way. */
export interface PlantedStore {
  readonly does: string;
  /** What is said of it. */
  readonly foundBy: RegExp;
  readonly plant: (store: Store) => Store;
}

function withPages(change: (page: HistoryPage, request: Parameters<Store["history"]>[1]) => HistoryPage) {
  return (store: Store): Store => ({
    ...store,
    history: async (key, request) => change(await store.history(key, request), request),
  });
}

function withRecords(change: (record: StoredRecord) => StoredRecord) {
  return withPages((page) => ({ ...page, records: page.records.map(change) }));
}

export const plantedStores: readonly PlantedStore[] = [
  {
    does: "writes texts anew as it reads them",
    foundBy: /is not what was served/,
    plant: withRecords((record) => ({
      ...record,
      text: record.text === null ? null : record.text.replace(/"version":(\d+),/, '"version": $1,'),
    })),
  },
  {
    does: "forgets every fifth state",
    foundBy: /states, and \d+ were written/,
    plant: withPages((page) => ({ ...page, records: page.records.filter(({ version }) => version % 5 !== 4) })),
  },
  {
    does: "takes the state before for the one at a moment",
    foundBy: /there is another state than version/,
    plant: (store) => ({
      ...store,
      history: (key, { at, ...request }) =>
        store.history(key, at === undefined ? request : { ...request, at: at - 1_000 }),
    }),
  },
  {
    does: "gives the newest state for an old one",
    foundBy: /is not what was served/,
    plant: (store) => ({
      ...store,
      history: async (key, request) => {
        const page = await store.history(key, request);
        if (!request.texts || request.limit > 1) return page;
        const [newest] = (await store.history(key, { limit: 1, texts: true })).records;
        return { ...page, records: page.records.map((record) => ({ ...record, text: newest?.text ?? record.text })) };
      },
    }),
  },
  {
    does: "takes deletions for states",
    foundBy: /tells another state of/,
    plant: withRecords(({ deleted: _deleted, ...record }) => ({ ...record, text: record.text ?? "{}" })),
  },
  {
    does: "keeps nothing of what is redacted",
    foundBy: /is not what was served/,
    plant: (store) => ({
      ...store,
      commit: (commit) => {
        const writes = commit.writes.filter((write) => !("redact" in write));
        return store.commit({ ...commit, writes });
      },
    }),
  },
  {
    does: "dates every state by the first one",
    foundBy: /is not what was served|there is another state than version/,
    plant: withRecords((record) => ({ ...record, modifiedAt: record.createdAt })),
  },
  {
    does: "forgets in the shape of which API version a text is",
    foundBy: /tells another state of|is not what was served|is another state in/,
    plant: withRecords((record) => ({ ...record, tag: record.tag.slice(0, 16) })),
  },
  {
    does: "takes all texts to be in the shape of the newest one",
    foundBy: /is not what was served|is another state in/,
    plant: (store) => ({
      ...store,
      history: async (key, request) => {
        const [newest] = (await store.read([key])).records;
        const page = await store.history(key, request);
        const shape = newest?.tag.slice(16) ?? "";
        return {
          ...page,
          records: page.records.map((record) => ({ ...record, tag: record.tag.slice(0, 16) + shape })),
        };
      },
    }),
  },
];
