/** What the chat's page and the extension say to each other; what comes from the page is checked. */

import type { ChatPiece, ChatResult, ConversationInfo, OpenedConversation } from './protocol';

/** From the extension to the page. */
export type ToPage =
  | { readonly kind: 'begun'; readonly text: string; readonly images: readonly string[] }
  | { readonly kind: 'piece'; readonly piece: ChatPiece }
  | { readonly kind: 'ended'; readonly result: Partial<ChatResult> }
  | { readonly kind: 'opened'; readonly conversation: OpenedConversation | null }
  | { readonly kind: 'listed'; readonly conversations: readonly ConversationInfo[] }
  | { readonly kind: 'model'; readonly name: string }
  | { readonly kind: 'mention'; readonly text: string };

/** From the page to the extension. */
export type FromPage =
  | { readonly kind: 'send'; readonly text: string; readonly images: readonly string[] }
  | { readonly kind: 'copy' | 'insert' | 'apply'; readonly text: string }
  | { readonly kind: 'open' | 'review'; readonly id: string }
  | { readonly kind: 'ready' | 'stop' | 'goOn' | 'new' | 'history' | 'chooseModel' };

const PLAIN = ['ready', 'stop', 'goOn', 'new', 'history', 'chooseModel'] as const;
const WITH_TEXT = ['copy', 'insert', 'apply'] as const;
const IMAGE = /^data:image\/(?:png|jpeg|webp|gif);base64,[A-Za-z0-9+/=]+$/;
const MOST_IMAGES = 4;
const LARGEST_IMAGE = 8_000_000;

/** The message, if it is one of ours; everything else is dropped. */
export function fromPage(said: unknown): FromPage | undefined {
  if (typeof said !== 'object' || said === null) {
    return undefined;
  }
  const { kind, text, images, id } = said as Record<string, unknown>;
  const plain = PLAIN.find((each) => each === kind);
  if (plain !== undefined) {
    return { kind: plain };
  }
  const withText = WITH_TEXT.find((each) => each === kind);
  if (withText !== undefined && typeof text === 'string') {
    return { kind: withText, text };
  }
  if ((kind === 'open' || kind === 'review') && typeof id === 'string') {
    return { kind, id };
  }
  if (kind === 'send' && typeof text === 'string' && Array.isArray(images)) {
    return { kind, text, images: images.filter(isImage).slice(0, MOST_IMAGES) };
  }
  return undefined;
}

export function isImage(url: unknown): url is string {
  return typeof url === 'string' && url.length <= LARGEST_IMAGE && IMAGE.test(url);
}
