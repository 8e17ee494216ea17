"""Models of this machine asked as those at an endpoint are, and through the whole server."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import asdict
from pathlib import Path

import pytest

from foretype.backends.activity import Activity, Step
from foretype.backends.agreement import LEAST_SAME_ANSWERS, Agreement, Agreements
from foretype.backends.delta import Delta, Finish
from foretype.backends.local.models import LocalModels
from foretype.backends.local.words import FEWEST_SUFFIX_TOKENS, MOST_SUFFIX_TOKENS, suffix_tokens_at
from foretype.backends.request import Filling, Request
from foretype.config.files import locate
from foretype.config.settings import LocalSettings
from foretype.engine.client import Engine
from foretype.errors import DeadlineExceededError, LocalModelError
from foretype.flows.conversing.model_answerers import LocalAnswerer
from foretype.flows.conversing.question import Question
from foretype.prompt.asked import ChatPrompt, HolePrompt, Message, Prompt, RawPrompt
from foretype.prompt.hole import Hole

import editor as editors
from engine.made_models import recurrent_model
from engine.running import MODEL, WORDS, engine_in, environment, hole, text_of

CODE = "def f(a):\n    return "
TALK = ChatPrompt((Message("system", "Be brief."), Message("user", "Say <|im_end|>")))


@pytest.fixture
async def models(home: Path) -> AsyncIterator[LocalModels]:
    async with engine_in(home) as engine:
        yield LocalModels(engine, lambda: LocalSettings(context=2048, threads=1), told_nothing)


def told_nothing(sentence: str) -> None:
    raise AssertionError(sentence)


async def said(models: LocalModels, prompt: Prompt, max_tokens: int = 12) -> list[Delta]:
    request = Request(MODEL.name, prompt, max_tokens)
    async with aclosing(models.stream(MODEL, request, 20.0)) as deltas:
        return [delta async for delta in deltas]


async def test_a_hole_is_laid_out_by_the_file_s_own_words(models: LocalModels) -> None:
    text, _, _ = await text_of(models.engine, hole(CODE, "\n\n"), 12)
    deltas = await said(models, HolePrompt(CODE, "\n\n"))
    assert "".join(delta.text for delta in deltas) == text


@pytest.mark.parametrize(
    "prompt", [RawPrompt(f"{WORDS[0]}{CODE}{WORDS[1]}\n{WORDS[2]}"), TALK], ids=["raw", "chat"]
)
async def test_an_answer_ends_with_its_reason_and_its_cost(models: LocalModels, prompt: Prompt) -> None:
    *_, last = await said(models, prompt)
    assert last.finish in (Finish.STOP, Finish.LENGTH)
    assert last.usage is not None
    assert last.usage.prompt_tokens > 0


async def test_raw_text_means_its_control_words(models: LocalModels) -> None:
    raw = await said(models, RawPrompt(f"{WORDS[0]}{CODE}{WORDS[1]}\n\n{WORDS[2]}"))
    assert written(raw) == written(await said(models, HolePrompt(CODE, "\n\n")))


async def test_what_is_asked_is_told_like_what_is_asked_of_a_server(home: Path) -> None:
    """It shows as thinking, from before the model is loaded until the last word."""
    activity, happened = Activity(), list[Step]()
    activity.observe(lambda each: happened.append(each.step))
    async with engine_in(home) as engine:
        models = LocalModels(engine, lambda: LocalSettings(context=2048, threads=1), told_nothing, activity)
        await said(models, TALK)
        async with aclosing(models.fill(MODEL, Filling(Hole(CODE, ""), 8), 9.0)) as deltas:
            await anext(deltas)
            assert activity.running == 1
    assert happened == [Step.ASKED, Step.ANSWERED, Step.ENDED] * 2


def written(deltas: list[Delta]) -> str:
    return "".join(delta.text for delta in deltas)


async def test_a_control_word_that_somebody_says_is_none(models: LocalModels) -> None:
    """`<|im_end|>` in a question is spelled out; as raw text the same conversation is shorter."""
    *_, talk = await said(models, TALK, 1)
    layout = "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nSay <|im_end|><|im_end|>\n"
    *_, raw = await said(models, RawPrompt(layout + "<|im_start|>assistant\n"), 1)
    assert talk.usage is not None
    assert raw.usage is not None
    assert talk.usage.prompt_tokens > raw.usage.prompt_tokens


async def test_a_role_s_chain_asks_a_file_like_any_other_model(models: LocalModels) -> None:
    async def find() -> Path:
        return MODEL

    answerer = LocalAnswerer(f"local:{MODEL}", find, models)
    async with aclosing(answerer.answer(Question(TALK.messages, 8))) as deltas:
        *_, last = [delta async for delta in deltas]
    assert last.finish is not None


async def test_a_deadline_is_kept(models: LocalModels) -> None:
    with pytest.raises(DeadlineExceededError, match="took too long"):
        async with aclosing(models.fill(MODEL, Filling(Hole(CODE, ""), 8), 0.0)) as deltas:
            await anext(deltas)


async def test_warming_reads_what_stands_above_the_line(models: LocalModels) -> None:
    above = "".join(f"value_{n} = {n}\n" for n in range(200))
    await models.warm(MODEL, Hole(above + "x = ", "\n"))
    _, _, usage = await text_of(models.engine, hole(above + "x = "), 2, options=models.options)
    assert usage.evaluated < 12


async def test_a_file_that_is_gone_says_so(models: LocalModels, home: Path) -> None:
    with pytest.raises(LocalModelError, match="choose another file"):
        async with aclosing(models.fill(home / "none.gguf", Filling(Hole(CODE, ""), 8), 9.0)) as deltas:
            await anext(deltas)


@pytest.mark.parametrize(
    ("speed", "tokens"), [(10, FEWEST_SUFFIX_TOKENS), (2000, 200), (3000, 200), (1e6, MOST_SUFFIX_TOKENS)]
)
def test_a_slow_machine_reads_less_behind_the_cursor(speed: float, tokens: int) -> None:
    assert suffix_tokens_at(speed) == tokens


async def test_ghost_text_from_a_file_through_the_server(home: Path) -> None:
    config = home / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    chain = json.dumps([f"local:{MODEL}"])
    config.write_text(f"models.complete = {chain}\ncomplete.debounce_ms = 0\ncomplete.instant = false\n")
    async with editors.editor(home) as client:
        client.open("file:///a.py", CODE)
        params = {
            "textDocument": {"uri": "file:///a.py"},
            "position": {"line": 1, "character": 11},
            "context": {"triggerKind": 2},
        }
        answer = await client.request("textDocument/inlineCompletion", params)
        assert answer["items"]
        assert client.all("window/showMessage") == []
        assert await client.end() == 0


async def test_a_server_that_needs_no_local_model_starts_no_engine(home: Path) -> None:
    async with editors.editor(home) as client:
        client.open("file:///a.py", CODE)
        assert await client.is_alive()
        assert not (home / "foretype" / "engine").exists()


async def test_a_model_that_reads_everything_again_is_named_as_slow(home: Path) -> None:
    """Once, with what to do about it; and it completes all the same."""
    model, told = recurrent_model(home / "chance.gguf"), list[str]()
    async with engine_in(home) as engine:
        models = LocalModels(engine, lambda: LocalSettings(context=1024, threads=1), told.append)
        for prefix in ("a", "ab"):
            async with aclosing(models.fill(model, Filling(Hole(prefix, "\n"), 4), 20.0)) as deltas:
                assert [delta async for delta in deltas][-1].finish is not None
    assert len(told) == 1
    assert "chance.gguf is slow for completion" in told[0]
    assert "mamba" in told[0]


def measured(model: Path, folder: Path, same_answer: float) -> Agreements:
    agreements = Agreements(folder)
    agreements.remember(model, Agreement(100, 96, same_answer, same_answer, 9.0, 1.0, "2026-11-25"))
    return agreements


BELOW = "\n" + "".join(f"def below_{n}():\n    pass\n" for n in range(12))


@pytest.mark.parametrize(("same_answer", "is_moved"), [(LEAST_SAME_ANSWERS, True), (0.94, False)])
async def test_what_follows_the_cursor_is_moved_only_where_that_changes_little(
    home: Path, same_answer: float, is_moved: bool
) -> None:
    """And where one pauses, all of it is read exactly."""
    async with engine_in(home) as engine:
        agreements = measured(MODEL, home, same_answer)
        local = LocalSettings(context=2048, threads=1)
        models = LocalModels(engine, lambda: local, told_nothing, agreements=agreements)
        await typed(models, CODE)
        before = (await engine.loaded())[0]["counted"]
        for length in range(1, 4):
            await typed(models, CODE + "abc"[:length])
        read = (await engine.loaded())[0]["counted"] - before
        assert (read < 20) == is_moved
        assert is_moved or read > 3 * 40
        if is_moved:
            await models.warm(MODEL, Hole(CODE, BELOW))
            _, last = await models.written_between(MODEL, (CODE + "abc", BELOW), 1, 96, may_move=False)
            assert last.usage is not None
            assert last.usage.evaluated == 1


async def test_the_command_measures_and_remembers(home: Path) -> None:
    """The test model is too weak for it: so little stays the same that nothing will be moved."""
    (home / "code").mkdir()
    (home / "code" / "a.py").write_text(CODE + "a + b" + BELOW, encoding="utf-8")
    command = [
        "eval",
        str(home / "code"),
        "--model",
        f"local:{MODEL}",
        "--agreement",
        "--holes",
        "4",
        "--json",
    ]
    place = environment(home)
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "foretype", *command],
        env=dict(place.variables),
        capture_output=True,
        check=True,
    )
    told = json.loads(done.stdout)
    assert (told["holes"], told["suffix_tokens"] >= FEWEST_SUFFIX_TOKENS) == (4, True)
    state = locate(place).state
    found = Agreements(state).of(MODEL)
    assert found is not None
    assert asdict(found) == told
    assert not found.is_enough
    left = Engine(place)
    await left.restart()
    await left.close()


async def test_a_model_that_is_measured_anew_counts_from_the_next_look_on(home: Path) -> None:
    async with engine_in(home) as engine:
        agreements = measured(MODEL, home, 0.5)
        local = LocalSettings(context=2048, threads=1)
        models = LocalModels(engine, lambda: local, told_nothing, agreements=agreements, believed_s=0)
        await typed(models, CODE)
        measured(MODEL, home, 1.0)
        await typed(models, CODE + "a")
        before = (await engine.loaded())[0]["counted"]
        await typed(models, CODE + "ab")
        assert (await engine.loaded())[0]["counted"] - before < 8


async def typed(models: LocalModels, prefix: str) -> None:
    async with aclosing(models.fill(MODEL, Filling(Hole(prefix, BELOW), 1), 20.0)) as deltas:
        async for _ in deltas:
            pass


async def test_ways_to_go_on_are_written_beside_each_other(models: LocalModels) -> None:
    """The newest of a client's completions ends its older one, but not those drawn by lot beside it."""

    async def filled(temperature: float) -> str:
        filling = Filling(Hole(CODE, "\n"), 24, temperature=temperature)
        async with aclosing(models.fill(MODEL, filling, 20.0)) as deltas:
            return written([delta async for delta in deltas])

    alone = await filled(0.0)
    first, *others = await asyncio.gather(filled(0.0), *(filled(1.5) for _ in range(4)))
    assert first == alone
    assert all(others)
    assert len(set(others)) > 1
