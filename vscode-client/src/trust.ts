/** Which written settings count: a workspace may be hostile, and some settings are the user's alone. */

/** One setting as VS Code found it, by where it is written. */
export interface Written {
  readonly globalValue?: unknown;
  readonly globalLanguageValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

/** What the manifest says of a setting. */
export interface Declared {
  readonly scope: string;
  /** It can do harm, so that an untrusted workspace has no say in it. */
  readonly isRestricted: boolean;
}

/**
 * Whether a setting was written where it counts; a default is never sent to the server, because the
 * user's config.toml has more to say than a default. VS Code already leaves out what a workspace may
 * not set; this does not rely on it alone.
 */
export function counts(written: Written | undefined, declared: Declared, isTrusted: boolean): boolean {
  if (written === undefined) {
    return false;
  }
  if (written.globalValue !== undefined) {
    return true;
  }
  const isTheUsersAlone = declared.scope === 'machine' || declared.scope === 'application';
  if (isTheUsersAlone || (declared.isRestricted && !isTrusted)) {
    return false;
  }
  return written.workspaceValue !== undefined || written.workspaceFolderValue !== undefined;
}

/** What counts of a setting that was written; only the user's own value where that alone may count. */
export function value(effective: unknown, written: Written, declared: Declared, isTrusted: boolean): unknown {
  const isTheUsersAlone = declared.scope === 'machine' || declared.scope === 'application';
  return isTheUsersAlone || (declared.isRestricted && !isTrusted) ? written.globalValue : effective;
}
