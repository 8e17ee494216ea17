import { beforeEach, describe, expect, test } from 'vitest';

import { Configuration } from '../src/configuration';
import { settings, workspace } from './vscode';

const LOCAL = { lab: { url: 'http://127.0.0.1:1' } };
const MANIFEST = {
  version: '1',
  contributes: {
    configuration: {
      properties: {
        'foretype.server.path': { scope: 'machine' },
        'foretype.endpoints': { scope: 'machine' },
        'foretype.complete.enabled': { scope: 'window' },
        'foretype.complete.max_tokens': {},
      },
    },
  },
  capabilities: {
    untrustedWorkspaces: { restrictedConfigurations: ['foretype.endpoints', 'foretype.complete.enabled'] },
  },
};

function told(): unknown {
  return new Configuration(MANIFEST).answer({ items: [{ section: 'foretype' }] })[0];
}

beforeEach(() => {
  settings.clear();
  workspace.isTrusted = true;
});

describe('the server is told', () => {
  test('nothing of defaults, because config.toml has more to say', () => {
    expect(told()).toEqual({});
  });

  test('what the user wrote, section by section', () => {
    settings.set('foretype.complete.enabled', { globalValue: false });
    settings.set('foretype.complete.max_tokens', { globalValue: 5 });
    settings.set('foretype.endpoints', { globalValue: LOCAL });
    expect(told()).toEqual({ complete: { enabled: false, max_tokens: 5 }, endpoints: LOCAL });
  });

  test('nothing of the settings of this extension', () => {
    settings.set('foretype.server.path', { globalValue: '/mine' });
    expect(told()).toEqual({});
  });

  test("what a workspace may say, and nothing that is the user's alone", () => {
    settings.set('foretype.endpoints', { workspaceValue: LOCAL });
    settings.set('foretype.complete.enabled', { workspaceValue: false });
    settings.set('foretype.complete.max_tokens', { workspaceValue: 7 });
    expect(told()).toEqual({ complete: { enabled: false, max_tokens: 7 } });
  });

  test("the user's own value, where a workspace tries to replace it", () => {
    settings.set('foretype.endpoints', { globalValue: LOCAL, workspaceValue: { lab: {} } });
    expect(told()).toEqual({ endpoints: LOCAL });
  });

  test('less of a workspace that is not trusted', () => {
    workspace.isTrusted = false;
    settings.set('foretype.complete.enabled', { workspaceValue: true });
    settings.set('foretype.complete.max_tokens', { workspaceValue: 7 });
    expect(told()).toEqual({ complete: { max_tokens: 7 } });
  });

  test('nothing of other sections', () => {
    const answer = new Configuration(MANIFEST).answer({ items: [{ section: 'editor' }, {}] });
    expect(answer).toEqual([null, null]);
  });
});
