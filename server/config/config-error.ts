/** The configuration is no good; every mistake in it, each by its name. The process ends with 78. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    const lines = ["The configuration is not valid:", ...problems.map((text) => `  ${text}`)];
    super(lines.join("\n"), options);
    this.name = "ConfigError";
    this.problems = problems;
  }
}

/** What EX_CONFIG is called by supervisors: a restart will not help. */
export const configExitCode = 78;
