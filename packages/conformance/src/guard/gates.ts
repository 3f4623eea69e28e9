/** Where the first handler waits until a test lets it go on, by the id of what it is about; those after it go by. */
export interface Gates {
  /** Waits at the gate of that id until it is opened, unless someone else does already. */
  pass(id: string): Promise<void>;
  /** Resolves once a handler waits there. */
  reached(id: string): Promise<void>;
  open(id: string): void;
}

interface Gate {
  readonly reached: Deferred;
  readonly opened: Deferred;
}

export function createGates(): Gates {
  const gates = new Map<string, Gate>();
  const taken = new Set<string>();
  const at = (id: string): Gate => {
    const gate = gates.get(id) ?? { reached: createDeferred(), opened: createDeferred() };
    gates.set(id, gate);
    return gate;
  };
  return {
    async pass(id) {
      if (taken.has(id)) return;
      taken.add(id);
      const { reached, opened } = at(id);
      reached.resolve();
      await opened.promise;
    },
    reached: (id) => at(id).reached.promise,
    open: (id) => at(id).opened.resolve(),
  };
}

interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
}

function createDeferred(): Deferred {
  let settle: (() => void) | undefined;
  const promise = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { promise, resolve: () => settle?.() };
}
