/** As much of VS Code's API as the units touch, with settings that a test writes. */

export enum InlineCompletionTriggerKind {
  Invoke = 0,
  Automatic = 1,
}

export enum ConfigurationTarget {
  Global = 1,
  Workspace = 2,
}

export enum StatusBarAlignment {
  Left = 1,
  Right = 2,
}

interface Places {
  globalValue?: unknown;
  workspaceValue?: unknown;
}

/** What is written where, by the whole name of a setting. */
export const settings = new Map<string, Places>();

export const workspace = {
  isTrusted: true,
  getConfiguration: (section: string) => ({
    get: (key: string, otherwise?: unknown): unknown => {
      const places = settings.get(`${section}.${key}`);
      return places?.workspaceValue ?? places?.globalValue ?? otherwise;
    },
    inspect: (key: string): Places => settings.get(`${section}.${key}`) ?? {},
    update: (key: string, value: unknown): Promise<void> => {
      settings.set(`${section}.${key}`, { globalValue: value });
      return Promise.resolve();
    },
  }),
};

/** The names of the commands that were run. */
export const executed: string[] = [];

export const commands = {
  executeCommand: (name: string): Promise<void> => {
    executed.push(name);
    return Promise.resolve();
  },
};

/** What was said to the user, which button the user presses next, and what the user types next. */
export const shown: string[] = [];
export const answers: string[] = [];
export const inputs: string[] = [];

function say(message: string): Promise<string | undefined> {
  shown.push(message);
  return Promise.resolve(answers.shift());
}

export const window = {
  showInformationMessage: say,
  showWarningMessage: say,
  showErrorMessage: say,
  withProgress: <T>(_options: unknown, act: () => Promise<T>): Promise<T> => act(),
  createInputBox: () => {
    const accepted = new EventEmitter<void>();
    const hidden = new EventEmitter<void>();
    return {
      value: '',
      onDidTriggerButton: () => undefined,
      onDidAccept: accepted.event,
      onDidHide: hidden.event,
      show(): void {
        this.value = inputs.shift() ?? '';
        (this.value === '' ? hidden : accepted).fire();
      },
      dispose: () => undefined,
    };
  },
};

export enum ProgressLocation {
  Notification = 15,
}

export class ThemeIcon {
  constructor(readonly id: string) {}
}

export class EventEmitter<T> {
  private readonly listeners = new Set<(value: T) => void>();

  readonly event = (listener: (value: T) => void): { dispose(): void } => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of this.listeners) {
      listener(value);
    }
  }

  dispose(): void {
    this.listeners.clear();
  }
}
