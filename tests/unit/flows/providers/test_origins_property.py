"""Whatever an editor's settings name, the registry asks only where the user chose, with the key of there."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from hypothesis import given, settings

from foretype.backends.agreement import Agreements
from foretype.backends.endpoint import Endpoint
from foretype.backends.file_models import file_models
from foretype.backends.upstream import Upstream
from foretype.config.environment import read_environment
from foretype.config.settings import ROLES, LocalSettings
from foretype.flows.access import Access, places_of
from foretype.flows.completion.chain import writers_of
from foretype.flows.completion.endpoint_writer import EndpointWriter
from foretype.flows.completion.router_models import Ears, RouterModels
from foretype.flows.completion.router_writer import RouterWriter
from foretype.flows.completion.sharing import Sharing
from foretype.flows.conversing.answerers import answerers_of
from foretype.flows.conversing.fitting import Fitting
from foretype.flows.conversing.model_answerers import EndpointAnswerer, LocalAnswerer, RouterAnswerer
from foretype.flows.local_file import CheckedFiles, local_files
from foretype.flows.providers.endpoint import EndpointProvider
from foretype.flows.providers.registry import Registry
from foretype.flows.token import Token
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.keys.origin import is_loopback, parse_origin
from foretype.keys.token_search import FoundToken

from unit.config.sources import resolved
from unit.config.test_trust_property import ALLOWED_ORIGINS, CONSENTS, SENT, TOML, VARIABLES

EVERYWHERE = [
    "https://evil.example",
    "http://127.0.0.1:1",
    "https://lab.example:8443",
    "https://huggingface.co",
]
TOKEN = Key("hf_canary_token")


def access_to(variables: dict[str, str]) -> Access:
    environment = read_environment(variables)
    upstream = Upstream()
    token = Token(environment, lambda key: None, lambda sentence: None)
    token.found = FoundToken(TOKEN, "HF_TOKEN")
    local = file_models(environment, LocalSettings, lambda sentence: None, upstream, Agreements())
    files = CheckedFiles(partial(local_files, environment, None))
    ears = Ears(lambda: None, lambda problem: None, lambda sentence: None)
    return Access(environment, upstream, token, RouterModels(upstream, None, ears), local, files)


def keys_sent_by(endpoint: Endpoint) -> dict[str, str]:
    """The key that goes to each origin, of all that a key could be sent to."""
    assert endpoint.key is None or isinstance(endpoint.key, BoundKey)
    urls = {*EVERYWHERE, endpoint.base_url}
    headers = {url: endpoint.key.header_for(url) if endpoint.key else {} for url in urls}
    return {url: header["Authorization"] for url, header in headers.items() if header}


def assert_goes_where_the_user_chose(endpoint: Endpoint) -> None:
    origin = parse_origin(endpoint.base_url)
    assert is_loopback(origin) or origin in ALLOWED_ORIGINS
    for url, key in keys_sent_by(endpoint).items():
        assert urlsplit(url).netloc == "lab.example:8443"
        assert key == "Bearer lab_canary_key"


@settings(max_examples=150, deadline=None)
@given(SENT, SENT)
def test_no_token_and_no_code_reaches_an_origin_that_the_user_did_not_choose(
    initialization: object, configuration: object
) -> None:
    outcome = resolved(configuration, TOML, VARIABLES, CONSENTS, initialization)
    access = access_to(VARIABLES)
    for provider in Registry(outcome.settings, access).providers():
        if isinstance(provider, EndpointProvider):
            assert_goes_where_the_user_chose(provider.endpoint)
    for writer in writers_of(outcome.settings, access):
        inner = writer.writer if isinstance(writer, Sharing) else writer
        if isinstance(inner, EndpointWriter):
            assert_goes_where_the_user_chose(inner.endpoint)
        elif isinstance(inner, RouterWriter):
            assert inner.name.startswith("hf:")
    for role in ROLES:
        for answerer in answerers_of(outcome.settings, role, access):
            assert isinstance(answerer, Fitting)
            if isinstance(answerer.answerer, EndpointAnswerer):
                assert_goes_where_the_user_chose(answerer.answerer.endpoint)
            else:
                assert isinstance(answerer.answerer, RouterAnswerer | LocalAnswerer)
    places = places_of(outcome.settings, access)
    for place, origin in (
        (places.router, "https://router.huggingface.co"),
        (places.hub, "https://huggingface.co"),
    ):
        assert place is not None
        assert place.origin == f"{origin}:443"
        assert set(keys_sent_by(place)) == {url for url in (*EVERYWHERE, place.base_url) if url == origin}
