/** A variable of the environment that can't be used, and why: `PORT must be …`. */
export class EnvironmentError extends Error {
  override readonly name = "EnvironmentError";

  constructor(variable: string, problem: string) {
    super(`${variable} ${problem}`);
  }
}
