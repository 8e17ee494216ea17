/** The chat's page: draws what it is told, and tells what its user does. */

import type { FromPage, ToPage } from '../src/chatMessages';
import type { ChatResult, ConversationInfo, OpenedConversation } from '../src/protocol';
import { Answer } from './answer';
import { button, element, type OnCode } from './draw';

declare function acquireVsCodeApi(): { postMessage(message: FromPage): void };

const code = acquireVsCodeApi();
const log = byId('log', HTMLElement);
const said = byId('said', HTMLElement);
const list = byId('list', HTMLElement);
const ask = byId('ask', HTMLFormElement);
const words = byId('words', HTMLTextAreaElement);
const pictures = byId('images', HTMLElement);
const [send, stop, goOn] = ['send', 'stop', 'goOn'].map((id) => byId(id, HTMLButtonElement)) as [
  HTMLButtonElement,
  HTMLButtonElement,
  HTMLButtonElement,
];
const model = byId('model', HTMLButtonElement);
const history = byId('history', HTMLButtonElement);
let images: string[] = [];
let answer: Answer | undefined;

const onCode: OnCode = (kind, text) => {
  code.postMessage({ kind, text });
  said.textContent = kind === 'copy' ? 'Copied' : '';
};

function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) {
    throw new Error(`the page has no ${id}`);
  }
  return found;
}

function newAnswer(): Answer {
  const made = new Answer(onCode, (id) => {
    code.postMessage({ kind: 'review', id });
  });
  log.append(made.root);
  return made;
}

function question(text: string, urls: readonly string[]): void {
  const shown = urls.map((url) => {
    const image = element('img');
    image.src = url;
    image.alt = 'Image that was sent';
    image.height = 48;
    return image;
  });
  const root = element('article', element('h2', 'You'), element('p', text), ...shown);
  root.dataset['speaker'] = 'user';
  log.append(root);
}

function isAnswering(on: boolean): void {
  send.hidden = on;
  stop.hidden = !on;
  log.setAttribute('aria-busy', String(on));
}

function begun(text: string, urls: readonly string[]): void {
  goOn.hidden = true;
  if (text !== '' || urls.length > 0) {
    question(text, urls);
    answer = newAnswer();
  } else {
    answer ??= newAnswer();
  }
  isAnswering(true);
  said.textContent = 'Foretype is answering';
  log.scrollTop = log.scrollHeight;
}

function ended({ finish, problem, model: by }: Partial<ChatResult>): void {
  const isWhole = finish === 'stop';
  isAnswering(false);
  goOn.hidden = isWhole;
  if (by !== undefined && by !== '') {
    answer?.by(by);
  }
  if (!isWhole) {
    const why = problem === undefined || problem === '' ? '' : `: ${problem}`;
    answer?.broken(finish === 'cancelled' ? 'Stopped' : `Not whole${why}`);
  }
  said.textContent = isWhole ? 'The answer is there' : `The answer is not whole: ${problem ?? finish ?? ''}`;
  goOnWriting();
}

/** Nobody who types elsewhere meanwhile is taken away from there. */
function goOnWriting(): void {
  if (document.hasFocus()) {
    words.focus();
  }
}

function opened(conversation: OpenedConversation | null): void {
  log.replaceChildren();
  answer = undefined;
  list.hidden = true;
  history.setAttribute('aria-expanded', 'false');
  isAnswering(false);
  for (const turn of conversation?.turns ?? []) {
    if (turn.speaker === 'user') {
      question(turn.text, []);
    } else {
      answer = newAnswer();
      answer.by(turn.model ?? '');
      answer.sent(turn.sent ?? []);
      answer.think(turn.reasoning ?? '');
      answer.write(turn.text);
    }
  }
  const last = conversation?.turns.at(-1);
  goOn.hidden = last === undefined || last.speaker === 'user' || (last.finish ?? 'stop') === 'stop';
  words.focus();
}

function listed(conversations: readonly ConversationInfo[]): void {
  const rows = conversations.map(({ id, title, updated }) =>
    element('li', button(`${title} (${updated.slice(0, 10)})`, () => {
      code.postMessage({ kind: 'open', id });
    })),
  );
  list.replaceChildren(...(rows.length > 0 ? rows : [element('li', 'Nothing was said before.')]));
  list.hidden = false;
  history.setAttribute('aria-expanded', 'true');
  list.querySelector('button')?.focus();
}

function mention(name: string): void {
  if (name !== '' && !words.value.includes(name)) {
    words.setRangeText(`${name} `, words.selectionStart, words.selectionEnd, 'end');
  }
  words.focus();
}

function drawImages(): void {
  pictures.replaceChildren(
    ...images.map((url, index) => {
      const image = element('img');
      image.src = url;
      image.alt = '';
      const drop = button('', () => {
        images.splice(index, 1);
        drawImages();
        words.focus();
      });
      drop.append(image);
      drop.setAttribute('aria-label', `Leave out image ${index + 1}`);
      return drop;
    }),
  );
}

function submit(): void {
  const text = words.value.trim();
  if (!send.hidden && (text !== '' || images.length > 0)) {
    code.postMessage({ kind: 'send', text, images });
    words.value = '';
    images = [];
    drawImages();
  }
}

function paste(event: ClipboardEvent): void {
  for (const item of event.clipboardData?.items ?? []) {
    const file = item.type.startsWith('image/') ? item.getAsFile() : null;
    if (file !== null) {
      const reader = new FileReader();
      reader.addEventListener('load', () => {
        images.push(typeof reader.result === 'string' ? reader.result : '');
        drawImages();
        said.textContent = 'An image will be sent along';
      });
      reader.readAsDataURL(file);
      event.preventDefault();
    }
  }
}

window.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
  switch (data.kind) {
    case 'begun':
      begun(data.text, data.images);
      break;
    case 'piece': {
      const isAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
      answer?.hear(data.piece);
      if (isAtEnd) {
        requestAnimationFrame(() => {
          log.scrollTop = log.scrollHeight;
        });
      }
      break;
    }
    case 'ended':
      ended(data.result);
      break;
    case 'opened':
      opened(data.conversation);
      break;
    case 'listed':
      listed(data.conversations);
      break;
    case 'model':
      model.textContent = data.name === '' ? 'No model' : data.name;
      break;
    case 'mention':
      mention(data.text);
      break;
  }
});

ask.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
words.addEventListener('paste', paste);
words.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !list.hidden) {
    list.hidden = true;
    history.setAttribute('aria-expanded', 'false');
    history.focus();
  } else if (event.key === 'Escape' && send.hidden) {
    code.postMessage({ kind: 'stop' });
  }
});
history.addEventListener('click', () => {
  if (list.hidden) {
    code.postMessage({ kind: 'history' });
  } else {
    list.hidden = true;
    history.setAttribute('aria-expanded', 'false');
  }
});
for (const [id, kind] of [['new', 'new'], ['stop', 'stop'], ['goOn', 'goOn'], ['model', 'chooseModel']] as const) {
  byId(id, HTMLButtonElement).addEventListener('click', () => {
    code.postMessage({ kind });
  });
}
for (const chip of document.querySelectorAll<HTMLButtonElement>('[data-mention]')) {
  chip.addEventListener('click', () => {
    mention(chip.dataset['mention'] ?? '');
  });
}
code.postMessage({ kind: 'ready' });
