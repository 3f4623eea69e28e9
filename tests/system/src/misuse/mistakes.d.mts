export declare const mistakes: readonly [mistake: string, says: string | RegExp, make: () => unknown][];
