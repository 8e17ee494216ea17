import { expect, test } from 'vitest';

import { inOurWords } from '../src/cures';

const FOR_A_TERMINAL = 'Make a token, then run `foretype login` in a terminal, and this command again';
const HERE = 'Make a token, then run *Foretype: Connect Hugging Face*';

test('a sentence names what can be done in VS Code, wherever it stands', () => {
  const said = { method: 'foretype/status', params: { problem: 'run `foretype login`.', account: { problem: FOR_A_TERMINAL } } };
  expect(inOurWords(said)).toEqual({
    method: 'foretype/status',
    params: { problem: 'run *Foretype: Connect Hugging Face*.', account: { problem: HERE } },
  });
  expect(inOurWords({ problems: [FOR_A_TERMINAL] })).toEqual({ problems: [HERE] });
  expect(inOurWords({ id: 1, error: { code: -32803, message: FOR_A_TERMINAL } })).toHaveProperty('error.message', HERE);
});

test('what the user or a model wrote stays as it is', () => {
  const said = { id: 3, result: { items: [{ insertText: FOR_A_TERMINAL }], title: FOR_A_TERMINAL, none: null } };
  expect(inOurWords(said)).toEqual(said);
});
