"""The client's side of a contract test: one question, its whole answer, or its failure."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from foretype.backends.connections import Connections
from foretype.backends.deadlines import Deadlines
from foretype.backends.endpoint import Endpoint
from foretype.backends.refusals import Refusals
from foretype.backends.request import Request
from foretype.backends.transport import stream

if TYPE_CHECKING:
    from foretype.backends.delta import Delta, Finish, Usage
    from foretype.prompt.asked import Prompt

    from contract.spoken import Spoken

PATIENT = Deadlines(connect_s=5, first_byte_s=5, idle_s=5, total_s=10, retry_pause_s=0, linger_s=1)
"""Long enough never to matter on a slow machine."""


@dataclass
class Answer:
    """All that a stream brought."""

    text: str = ""
    reasoning: str = ""
    finish: Finish | None = None
    usage: Usage | None = None
    served_by: str = ""
    deltas: list[Delta] = field(default_factory=list)

    def add(self, delta: Delta) -> None:
        self.text += delta.text
        self.reasoning += delta.reasoning
        self.finish = delta.finish or self.finish
        self.usage = delta.usage or self.usage
        self.served_by = delta.served_by or self.served_by
        self.deltas.append(delta)


class Client:
    """The backends as the flows use them, pointed at one upstream."""

    def __init__(self, origin: str) -> None:
        self.connections = Connections()
        self.refusals = Refusals()
        self.endpoint = Endpoint("lab", origin, "openai")

    def stream(
        self, spoken: Spoken, deadlines: Deadlines = PATIENT, **changes: object
    ) -> AsyncGenerator[Delta, None]:
        request = request_of(spoken.prompt)
        request = replace(request, **changes)  # type: ignore[arg-type]  # names checked at run time
        return stream(self.connections, self.refusals, self.speaking(spoken), request, deadlines)

    def speaking(self, spoken: Spoken) -> Endpoint:
        return replace(self.endpoint, dialect=spoken.dialect)

    async def ask(
        self, spoken: Spoken, deadlines: Deadlines = PATIENT, into: Answer | None = None, **changes: object
    ) -> Answer:
        answer = into or Answer()
        async with aclosing(self.stream(spoken, deadlines, **changes)) as deltas:
            async for delta in deltas:
                answer.add(delta)
        return answer

    async def aclose(self) -> None:
        await self.connections.aclose()


def request_of(prompt: Prompt) -> Request:
    return Request(model="m", prompt=prompt, max_tokens=16, stop=("\n\n",), context_tokens=4096)
