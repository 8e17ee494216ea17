"""What a dialect is made of: one route for each kind of prompt that it understands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from foretype.backends.answer import Framing, Payload
from foretype.prompt.asked import ChatPrompt, HolePrompt, Prompt, RawPrompt

if TYPE_CHECKING:
    from foretype.backends.delta import Delta
    from foretype.backends.request import Request


@dataclass(frozen=True)
class Route:
    """One path of a server: what to send there and how to read what comes back.

    What is `optional` is left out where a server refuses it, what is `renamed` is sent under its other name.
    """

    path: str
    body: Callable[[Request], Payload]
    read: Callable[[Payload], Delta]
    framing: Framing = Framing.EVENTS
    optional: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)

    def body_without(self, request: Request, refused: frozenset[str]) -> Payload:
        """The body, less what the server refused before."""
        body = self.body(request)
        for name in refused & body.keys():
            value = body.pop(name)
            if name in self.renamed:
                body[self.renamed[name]] = value
        return body


@dataclass(frozen=True)
class Dialect:
    """A way of asking.

    Where it `knows_templates`, its server lays out a hole by the template in the model's own file.
    `prefix` stands before every path where the user's url names only a host; `roots` are endings of
    a url that the paths of the routes hold already.
    """

    name: str
    prefix: str = ""
    roots: tuple[str, ...] = ()
    raw: Route | None = None
    hole: Route | None = None
    chat: Route | None = None
    knows_templates: bool = False

    def route_for(self, prompt: Prompt) -> Route | None:
        """The route for this kind of prompt, None where the dialect has no such thing."""
        routes = {RawPrompt: self.raw, HolePrompt: self.hole, ChatPrompt: self.chat}
        return routes[type(prompt)]

    def url(self, base_url: str, route: Route) -> str:
        """The address of a route under a url as a user would write it."""
        base = base_url.rstrip("/")
        for root in self.roots:
            base = base.removesuffix(root)
        if urlsplit(base).path:
            return base + route.path
        return base + self.prefix + route.path


def without_none(body: Payload) -> Payload:
    """Leaves out what the request leaves to the server."""
    return {name: value for name, value in body.items() if value is not None}
