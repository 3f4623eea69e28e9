/** Whether this is the long form, `pnpm soak`: every fault on every store, and each for longer. */
export const isSoak: boolean = process.env["SOAK"] !== undefined;
