/** How often the server may crash before it is left alone. */

const MOST_CRASHES = 4; // VS Code's client library gives up at five, without saying how to go on
const WITHIN_MS = 3 * 60_000;

export class CrashBudget {
  private crashes: number[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Counts a crash; false where it was one too many. */
  mayRestart(): boolean {
    const since = this.now() - WITHIN_MS;
    this.crashes = [...this.crashes.filter((time) => time > since), this.now()];
    return this.crashes.length < MOST_CRASHES;
  }

  /** The user asked for a new start: what was before does not count. */
  forget(): void {
    this.crashes = [];
  }
}
