"""Whatever is recalled was suggested: for any document, any typing and any suggestion."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from foretype.flows.completion.memory import CLOSERS, Memory
from foretype.flows.completion.situation import Situation
from foretype.postprocess.suggestion import Suggestion

from unit.flows.completion.scripted import accepted, at, typed

# Few characters, so that texts repeat each other; each kind that the memory treats apart is among them.
texts = st.text(st.sampled_from('ab (])"\n'), max_size=8)
keys = st.text(st.sampled_from('ab ("\n'), max_size=4)
closers = st.text(st.sampled_from('])"'), max_size=3)


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    marked = draw(texts) + "█" + draw(closers) + draw(texts)
    return at(marked.replace("\n", line_end))


@st.composite
def suggestions(draw: st.DrawFn, situation: Situation) -> Suggestion:
    """A suggestion as the cleaners make one: what it replaces are closers, which it writes again."""
    line_after = situation.line_after
    covered = draw(st.integers(0, len(line_after) - len(line_after.lstrip("".join(CLOSERS)))))
    text = draw(texts.filter(bool)) + line_after[:covered]
    return Suggestion(text.replace("\n", situation.document.eol), covered)


@settings(deadline=None)
@given(st.data())
def test_what_was_typed_and_what_is_left_are_a_suggestion(data: st.DataObject) -> None:
    here = data.draw(situations())
    remembered = data.draw(st.lists(suggestions(here), max_size=3))
    memory = Memory()
    memory.remember(here, remembered)
    own = [each.text[: data.draw(st.integers(0, len(each.text)))] for each in remembered]
    typing = data.draw(st.sampled_from(own) if own else keys) or data.draw(keys)
    if typing.endswith("\r"):
        typing += "\n"
    closed = data.draw(closers)
    now = typed(here, typing, closed)

    for left in memory.recall(now) or ():
        assert typing + left.text in {each.text for each in remembered}
        # Taking the rest makes the text that taking the whole would have made: nothing twice, nothing lost.
        assert accepted(now, left) in {accepted(here, each) for each in remembered}


@settings(deadline=None)
@given(st.data())
def test_what_is_recalled_replaces_nothing_that_it_does_not_write(data: st.DataObject) -> None:
    here, there = data.draw(situations()), data.draw(situations())
    memory = Memory()
    remembered = data.draw(suggestions(here))
    memory.remember(here, [remembered])
    for left in memory.recall(there) or ():
        covered = there.line_after[: left.replace_after]
        assert all(left.text.count(closer) >= covered.count(closer) for closer in covered)
