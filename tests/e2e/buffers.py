"""A buffer of an editor for tests: it takes the server's edits as editors do, and tells of them."""

from __future__ import annotations

from foretype.documents.change import Change, Position, apply_changes
from foretype.documents.document import Document
from foretype.documents.encoding import Encoding
from foretype.documents.text import Text

from editor import Editor, Json


class Buffer:
    """One open document; every edit that it took is one step that can be undone."""

    def __init__(self, client: Editor, uri: str, text: str, language: str = "python") -> None:
        self.client = client
        self.uri = uri
        self.version = 1
        self.undo: list[str] = []
        self.asked: list[Json] = []
        self.is_lying = False
        self._document = Document(uri, uri, language, 1, Text.of(text), Encoding.UTF_16)
        client.answers["workspace/applyEdit"] = self._apply
        client.open(uri, text, language)

    @property
    def text(self) -> str:
        return str(self._document.text)

    def type(self, line: int, character: int, text: str, removed: int = 0) -> None:
        """What the user does meanwhile."""
        end = {"line": line, "character": character + removed}
        self._take([{"range": {"start": {"line": line, "character": character}, "end": end}, "text": text}])

    def _apply(self, params: Json) -> Json:
        self.asked.append(params["edit"])
        if self.is_lying:
            self.is_lying = False
            return {"applied": True}
        (change,) = params["edit"]["documentChanges"]
        assert change["textDocument"]["uri"] == self.uri
        if change["textDocument"]["version"] != self.version:
            return {"applied": False, "failureReason": "document has changed"}
        edits = [{"range": edit["range"], "text": edit["newText"]} for edit in change["edits"]]
        self._take(edits[::-1])
        return {"applied": True}

    def _take(self, changes: list[Json]) -> None:
        self.undo.append(self.text)
        self.version += 1
        typed = [
            Change(each["text"], *(Position(**each["range"][end]) for end in ("start", "end")))
            for each in changes
        ]
        self._document = apply_changes(self._document, typed).document
        self.client.change(self.uri, self.version, *changes)
