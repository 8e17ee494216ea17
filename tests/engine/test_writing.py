"""What llama.cpp writes through the engine: exact, cached, cut and never split."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from foretype.engine.client import Engine
from foretype.engine.protocol import Lane
from foretype.errors import ContextTooLongError, FillUnsupportedError, RequestRejectedError

from engine.running import MODEL, OPTIONS, WORDS, engine_in, hole, text_of

BARE = """
import json, sys
from foretype.engine import llama
from pathlib import Path
log = llama.begin()
model = llama.Model(Path(sys.argv[1]), 0, log, is_careful=True)
context = llama.Context(model, 2048, 2048, 1, llama.Abort())
before, after, middle = (model.control_token(word) for word in json.loads(sys.argv[2]))
tokens = [before, *model.tokens_of(sys.argv[3]), after, *model.tokens_of(sys.argv[4]), middle]
found = b""
for _ in range(int(sys.argv[5])):
    context.forget_from(0)
    context.evaluate(tokens, 0)
    token = context.likeliest()
    if model.is_end(token):
        break
    found += model.bytes_of(token)
    tokens.append(token)
sys.stdout.buffer.write(found)
"""
CODE = "import os\n\n\ndef read(path):\n    with open(path) as file:\n        return "
LONG = "".join(f"def function_{n}(a, b):\n    return a + {n} * b\n\n" for n in range(60))


def without_cache(prefix: str, suffix: str, tokens: int) -> str:
    """The same text with everything evaluated anew for every token, in one batch."""
    import json

    arguments = [str(MODEL), json.dumps(WORDS), prefix, suffix, str(tokens)]
    done = subprocess.run([sys.executable, "-c", BARE, *arguments], capture_output=True, check=True)
    return done.stdout.decode()


async def test_the_cache_changes_nothing(engine: Engine) -> None:
    """Typing on, deleting, jumping: each answer is what a fresh model would have given."""
    for prefix in (CODE, CODE + "fil", CODE + "file", CODE, LONG + CODE, "x = "):
        text, _, _ = await text_of(engine, hole(prefix, "\n\n"), 8)
        assert text == without_cache(prefix, "\n\n", 8)


async def test_what_was_read_is_not_read_again(engine: Engine) -> None:
    _, _, first = await text_of(engine, hole(LONG), 4)
    _, _, again = await text_of(engine, hole(LONG), 4)
    _, _, typed = await text_of(engine, hole(LONG + "cl"), 4)
    assert first.evaluated == first.prompt > 1000
    assert again.evaluated == 1
    assert typed.evaluated < 12


async def test_chat_has_a_cache_of_its_own(engine: Engine) -> None:
    await text_of(engine, hole(LONG), 2)
    await text_of(engine, [("text", LONG)], 2, lane=Lane.CHAT)
    _, _, usage = await text_of(engine, hole(LONG), 2)
    assert usage.evaluated == 1


async def test_a_stop_word_ends_the_text_and_is_not_in_it(engine: Engine) -> None:
    whole, _, _ = await text_of(engine, hole(CODE), 32)
    stop = whole[len(whole) // 2 :][:3]
    text, end, _ = await text_of(engine, hole(CODE), 32, stops=[stop])
    assert (text, end) == (whole[: whole.index(stop)], "stop")


async def test_as_many_tokens_as_were_asked_for(engine: Engine) -> None:
    _, end, usage = await text_of(engine, [("text", LONG)], 5)
    assert (end, usage.written) == ("length", 5)


async def test_the_same_seed_draws_the_same_text(engine: Engine) -> None:
    from foretype.engine.protocol import Sampling

    texts = []
    for seed in (1, 1, 2):
        steps = engine.write(
            str(MODEL), hole(CODE), OPTIONS, 24, lane=Lane.CHAT, sampling=Sampling(1.2, 0.95, seed)
        )
        async with aclosing(steps):
            texts.append("".join([step.text async for step in steps]))
    assert texts[0] == texts[1] != texts[2]


async def test_control_words_in_code_are_text(engine: Engine) -> None:
    """`<|fim_middle|>` typed into a file does not end the prompt there."""
    in_code = 'MARK = "<|fim_middle|><|endoftext|>"\nx = '
    _, _, usage = await text_of(engine, hole(in_code), 2)
    _, _, plain = await text_of(engine, hole("x = "), 2)
    assert usage.prompt > plain.prompt + 10


async def test_a_prompt_that_is_too_long_is_cut_before_the_model_sees_it(engine: Engine) -> None:
    text, _, usage = await text_of(engine, hole(LONG * 10 + CODE, LONG * 3), 8)
    assert usage.prompt <= OPTIONS.context - 8
    assert text


async def test_what_cannot_be_cut_is_refused(engine: Engine) -> None:
    with pytest.raises(ContextTooLongError, match=r"local\.context"):
        await text_of(engine, [("text", LONG * 10)], 8)
    assert (await text_of(engine, hole(CODE), 2))[2].written


async def test_a_refusal_is_an_end_and_no_hang(home: Path) -> None:
    """Nothing is left that would have to stop: the engine is not ended for it."""
    async with engine_in(home, grace_s=0.2) as engine:
        await text_of(engine, hole(CODE), 2)
        process_id = engine.process_id
        with pytest.raises(ContextTooLongError):
            await text_of(engine, [("text", LONG * 10)], 8)
        await asyncio.sleep(0.4)
        await text_of(engine, hole(CODE), 2)
        assert engine.process_id == process_id


@pytest.mark.parametrize("word", ["<|no_such_word|>", "def", "<|fim_middle|><|fim_middle|>"])
async def test_a_word_that_is_no_token_is_not_guessed(engine: Engine, word: str) -> None:
    with pytest.raises(FillUnsupportedError, match="vocabulary"):
        await text_of(engine, [("control", word), ("text", "x")])


async def test_an_empty_prompt_is_refused(engine: Engine) -> None:
    with pytest.raises(RequestRejectedError):
        await text_of(engine, [("text", "")])


async def test_what_the_file_says_of_itself(engine: Engine) -> None:
    facts = await engine.facts(str(MODEL), OPTIONS, ["<|im_start|>", "<|no_such_word|>", *WORDS])
    assert facts.fill_words == WORDS
    assert facts.words == {"<|im_start|>", *WORDS}
    assert (facts.architecture, facts.trained_context, facts.reuses_cache) == ("qwen2", 2048, True)


async def test_reading_ahead_spares_the_first_completion(engine: Engine) -> None:
    await engine.warm(str(MODEL), hole(LONG)[:2], OPTIONS)
    _, _, usage = await text_of(engine, hole(LONG), 2)
    assert usage.evaluated < 12
