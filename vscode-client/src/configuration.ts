/** What the server is told of the settings: those that were written, and that are the server's. */

import * as vscode from 'vscode';
import type { ConfigurationParams } from 'vscode-languageclient/node';

import { counts, value, type Declared } from './trust';

export const SECTION = 'foretype';
/** Settings of this extension itself, which the server does not know. */
const OURS = 'server.';

export interface Manifest {
  readonly version: string;
  readonly contributes: {
    readonly configuration: {
      readonly properties: Readonly<Record<string, { readonly scope?: string }>>;
    };
  };
  readonly capabilities: {
    readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] };
  };
}

type Section = Record<string, unknown>;

export class Configuration {
  private readonly declared: ReadonlyMap<string, Declared>;

  constructor(manifest: Manifest) {
    const restricted = new Set(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations);
    this.declared = new Map(
      Object.entries(manifest.contributes.configuration.properties)
        .map(([name, { scope }]): [string, Declared] => [
          name.slice(SECTION.length + 1),
          { scope: scope ?? 'window', isRestricted: restricted.has(name) },
        ])
        .filter(([key]) => !key.startsWith(OURS)),
    );
  }

  /** The answer to workspace/configuration. */
  answer(params: ConfigurationParams): (Section | null)[] {
    return params.items.map(({ section }) => (section === SECTION ? this.written() : null));
  }

  written(): Section {
    const configuration = vscode.workspace.getConfiguration(SECTION);
    const isTrusted = vscode.workspace.isTrusted;
    const found: Section = {};
    for (const [key, declared] of this.declared) {
      const written = configuration.inspect(key);
      if (written !== undefined && counts(written, declared, isTrusted)) {
        put(found, key, value(configuration.get(key), written, declared, isTrusted));
      }
    }
    return found;
  }
}

function put(section: Section, key: string, value: unknown): void {
  const steps = key.split('.');
  const last = steps.pop() ?? key;
  for (const step of steps) {
    section = (section[step] ??= {}) as Section;
  }
  section[last] = value;
}
