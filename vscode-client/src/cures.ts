/** The server's sentences name cures for a terminal; here they name those of VS Code. */

/** Where a sentence of the server's own stands; everything else may be the user's words or a model's. */
const SENTENCES = new Set(['message', 'problem', 'problems', 'reason']);
const SIGN_IN = /`foretype login`(?: in a terminal, and this command again)?/g;
const OURS = '*Foretype: Connect Hugging Face*';

/** The message with its sentences as they are meant here; the same one where there is nothing to change. */
export function inOurWords<Message>(message: Message): Message {
  return reworded(message, false) as Message;
}

function reworded(value: unknown, isSentence: boolean): unknown {
  if (typeof value === 'string') {
    return isSentence ? value.replace(SIGN_IN, OURS) : value;
  }
  if (Array.isArray(value)) {
    return value.map((each) => reworded(each, isSentence));
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]): [string, unknown] => [key, reworded(each, SENTENCES.has(key))]);
    return Object.fromEntries(entries);
  }
  return value;
}
