import { expect, test } from 'vitest';

import { facts } from '../src/models';

test('what is known of a model is told, and nothing is made up', () => {
  const remote = { id: 'hf:a/b', title: 'b', provider: 'novita', context_tokens: 32768, latency_s: 0.42 };
  expect(facts({ ...remote, input_price: 0.1, output_price: 3 * 0.1 })).toEqual([
    'novita',
    '$0.1 / $0.3 per million tokens',
    '32k context',
    'first word after 0.4 s',
  ]);
  const local = { id: 'local:x', title: 'x', provider: 'this machine', size_mb: 1536, input_price: null };
  expect(facts(local)).toEqual(['this machine', '1.5 GB to download']);
});
