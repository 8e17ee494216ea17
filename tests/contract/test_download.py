"""The downloader against a Hub on loopback that drops, lies, changes its mind and sends elsewhere."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from foretype.errors import DownloadError
from foretype.models.download import Wanted, Watch, check_room_for_all, download
from foretype.models.hub_site import DroppedError, HubFile
from foretype.models.part_file import FOLDER, PartFile

from contract.model_hub import FILE, REPOSITORY, SECRET, ModelHub, model_hub
from contract.upstream import Visit
from unit.models.gguf_files import gguf

CONTENT = gguf(data_bytes=3_000_000)
NO_PAUSES = (0.0, 0.0, 0.0)


@pytest.fixture
async def hub() -> AsyncIterator[ModelHub]:
    async with model_hub() as running:
        yield running


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def wanted(root: Path, file: HubFile) -> Wanted:
    return Wanted(REPOSITORY, file, root, root / REPOSITORY / file.path)


async def pull(
    hub: ModelHub, root: Path, file: HubFile, watch: Watch | None = None, *, token: bool = False
) -> Path:
    want = wanted(root, file)
    await asyncio.to_thread(download, hub.address(token=token), want, watch or Watch(), NO_PAUSES)
    return want.target


async def refusal(hub: ModelHub, root: Path, file: HubFile, watch: Watch | None = None) -> str:
    """What a pull that fails says; whatever it is, nothing stands under the final name."""
    with pytest.raises(DownloadError) as failed:
        await pull(hub, root, file, watch)
    assert not wanted(root, file).target.exists()
    return str(failed.value)


def part_of(root: Path, file: HubFile) -> Path:
    return PartFile(root / FOLDER, file.sha256).path


async def test_a_file_arrives_whole_private_and_checked(hub: ModelHub, root: Path) -> None:
    seen: list[tuple[int, int]] = []
    path = await pull(hub, root, hub.serve(CONTENT), Watch(lambda there, whole: seen.append((there, whole))))
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mode & 0o077 == 0
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)
    assert not list((root / FOLDER).iterdir())


async def test_the_hub_lists_files_with_their_checksums(hub: ModelHub) -> None:
    file = hub.serve(CONTENT)
    assert await asyncio.to_thread(hub.address().files, REPOSITORY) == (file,)
    assert await asyncio.to_thread(hub.address().licence_of, REPOSITORY) == "mit"


async def test_a_line_that_drops_is_taken_up_where_it_dropped(hub: ModelHub, root: Path) -> None:
    hub.storage.will(lambda visit: hub.give(visit, 1_000_000), lambda visit: hub.give(visit, 500_000))
    path = await pull(hub, root, hub.serve(CONTENT))
    assert path.read_bytes() == CONTENT
    assert hub.ranges == ["", "bytes=1000000-", "bytes=1500000-"]
    assert [heard.headers.get("if-range") for heard in hub.storage.heard] == [None, '"v1"', '"v1"']


async def test_a_line_that_keeps_dropping_is_given_up_and_taken_up_by_the_next_run(
    hub: ModelHub, root: Path
) -> None:
    async def drop(visit: Visit) -> None:
        visit.reset()

    file = hub.serve(CONTENT)
    hub.storage.will(lambda visit: hub.give(visit, 1_000_000), *[drop] * (1 + len(NO_PAUSES)))
    sentence = await refusal(hub, root, file)
    assert "1 MB of 3 MB are there and are kept" in sentence
    assert "pull again" in sentence
    path = await pull(hub, root, file)
    assert path.read_bytes() == CONTENT
    assert hub.ranges[-1] == "bytes=1000000-"


@pytest.mark.parametrize("status", ["503 Service Unavailable", "429 Too Many Requests"])
async def test_a_busy_server_is_asked_again(hub: ModelHub, root: Path, status: str) -> None:
    hub.storage.will(lambda visit: visit.answer(status, b"busy", "text/plain"))
    assert (await pull(hub, root, hub.serve(CONTENT))).read_bytes() == CONTENT


async def test_another_version_is_not_put_behind_the_beginning_of_the_old_one(
    hub: ModelHub, root: Path
) -> None:
    file = hub.serve(CONTENT)
    hub.storage.will(lambda visit: hub.give(visit, 1_000_000), lambda visit: change_etag(hub, visit))
    path = await pull(hub, root, file)
    assert path.read_bytes() == CONTENT
    assert hub.ranges == ["", "bytes=1000000-"]


async def change_etag(hub: ModelHub, visit: Visit) -> None:
    hub.etag = '"v2"'
    await hub.give(visit)


async def test_a_server_that_ignores_if_range_is_not_believed(hub: ModelHub, root: Path) -> None:
    async def wrong_version(visit: Visit) -> None:
        head = (
            f'HTTP/1.1 206 Partial Content\r\nETag: "v2"\r\nContent-Range: bytes 1000000-9/{len(CONTENT)}\r\n'
        )
        await visit.send(f"{head}Content-Length: 4\r\n\r\nEVIL".encode())

    hub.storage.will(lambda visit: hub.give(visit, 1_000_000), wrong_version)
    assert (await pull(hub, root, hub.serve(CONTENT))).read_bytes() == CONTENT
    assert hub.ranges == ["", "bytes=1000000-", ""]


async def test_a_partial_answer_from_elsewhere_in_the_file_is_not_appended(hub: ModelHub, root: Path) -> None:
    async def elsewhere(visit: Visit) -> None:
        head = f'HTTP/1.1 206 Partial Content\r\nETag: "v1"\r\nContent-Range: bytes 5-8/{len(CONTENT)}\r\n'
        await visit.send(f"{head}Content-Length: 4\r\n\r\nEVIL".encode())

    hub.storage.will(lambda visit: hub.give(visit, 1_000_000), elsewhere)
    assert (await pull(hub, root, hub.serve(CONTENT))).read_bytes() == CONTENT


async def test_a_repository_that_never_stands_still_is_given_up(hub: ModelHub, root: Path) -> None:
    versions = iter(range(100))

    async def always_another(visit: Visit) -> None:
        hub.etag = f'"{next(versions)}"'
        await hub.give(visit, 1_000_000)

    hub.storage.always(always_another)
    assert "being changed while it is downloaded" in await refusal(hub, root, hub.serve(CONTENT))


@pytest.mark.parametrize("lie", [len(CONTENT) - 1, len(CONTENT) + 1])
async def test_a_server_that_lies_about_the_size_is_not_believed(hub: ModelHub, root: Path, lie: int) -> None:
    hub.storage.will(lambda visit: hub.give(visit, claims=lie))
    file = hub.serve(CONTENT)
    assert f"the server sends {lie}" in await refusal(hub, root, file)
    assert part_of(root, file).stat().st_size == 0


async def test_a_server_that_does_not_stop_is_stopped(hub: ModelHub, root: Path) -> None:
    async def without_end(visit: Visit) -> None:
        await visit.head(ETag='"v1"')
        for _ in range(10):
            await visit.say(CONTENT)

    hub.storage.will(without_end)
    assert "more than" in await refusal(hub, root, hub.serve(CONTENT))


async def test_a_file_with_another_checksum_is_thrown_away(hub: ModelHub, root: Path) -> None:
    other = CONTENT[:-1] + b"\1"
    file = hub.serve(CONTENT)
    hub.files[FILE] = other
    sentence = await refusal(hub, root, file)
    assert "another checksum than the Hub's" in sentence
    assert not part_of(root, file).exists()


async def test_what_is_no_model_is_thrown_away_whatever_its_checksum(hub: ModelHub, root: Path) -> None:
    file = hub.serve(b"<html>" * 1000)
    assert f"{FILE} is no GGUF file" in await refusal(hub, root, file)
    assert not part_of(root, file).exists()


async def test_the_token_is_for_the_hub_and_for_nobody_it_sends_to(hub: ModelHub, root: Path) -> None:
    await pull(hub, root, hub.serve(CONTENT), token=True)
    assert hub.tokens == ([f"Bearer {SECRET}"], [])


@pytest.mark.parametrize(
    "elsewhere", ["http://models.example/x", "ftp://127.0.0.1/x", "http://127.0.0.1@evil.example/x"]
)
async def test_a_way_that_others_could_read_is_not_gone(hub: ModelHub, root: Path, elsewhere: str) -> None:
    hub.site.will(lambda visit: visit.answer("302 Found", b"", Location=elsewhere))
    assert "The Hub sends us to" in await refusal(hub, root, hub.serve(CONTENT))
    assert not hub.storage.heard


async def test_a_circle_of_redirects_ends(hub: ModelHub, root: Path) -> None:
    hub.site.always(lambda visit: visit.answer("302 Found", b"", Location=visit.heard.path))
    assert "around in circles" in await refusal(hub, root, hub.serve(CONTENT))


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden"])
async def test_terms_to_be_accepted_are_named_with_their_page(hub: ModelHub, root: Path, status: str) -> None:
    hub.refusal = (status, "GatedRepo")
    sentence = await refusal(hub, root, hub.serve(CONTENT))
    assert f"open {hub.site.origin}/{REPOSITORY}, accept them" in sentence
    hub.refusal = (status, "RepoNotFound")
    assert "private, or is not there" in await refusal(hub, root, hub.serve(CONTENT))


async def test_what_is_not_there_is_named(hub: ModelHub, root: Path) -> None:
    assert "There is no ggml-org/Tiny-GGUF" in await refusal(hub, root, HubFile("x.gguf", 1, "0" * 64))
    hub.refusal = ("404 Not Found", "EntryNotFound")
    assert "has no such file" in await refusal(hub, root, HubFile("x.gguf", 1, "0" * 64))


async def test_nothing_is_begun_that_the_disk_has_no_room_for(hub: ModelHub, root: Path) -> None:
    file = replace(hub.serve(CONTENT), size_bytes=1 << 60)
    assert "make room, or choose a smaller model" in await refusal(hub, root, file)
    assert not hub.site.heard


def test_the_first_of_several_parts_is_not_begun_where_there_is_room_for_one(root: Path) -> None:
    free = shutil.disk_usage(root.parent).free
    names = ("a-00001-of-00002.gguf", "a-00002-of-00002.gguf")
    parts = [wanted(root, HubFile(name, free * 2 // 3, "0" * 64)) for name in names]
    with pytest.raises(DownloadError, match=r"a-00001-of-00002\.gguf and its other parts take another"):
        check_room_for_all(root, parts)
    check_room_for_all(root, [wanted(root, HubFile(name, 10, "0" * 64)) for name in names])


FULL_DISK = """
import resource, sys
from pathlib import Path
from foretype.errors import DownloadError
from foretype.keys.origin import parse_address
from foretype.models.download import Wanted, Watch, download
from foretype.models.hub_site import HubFile, HubSite, Network
origin, root, sha256, size = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
file = HubFile("tiny-q8_0.gguf", int(size), sha256)
site = HubSite(parse_address(origin), None, Network(lambda url: None, lambda: None))
try:
    download(site, Wanted("ggml-org/Tiny-GGUF", file, Path(root), Path(root) / "a" / "x.gguf"), Watch())
except DownloadError as error:
    print(error)
"""


async def test_a_disk_that_fills_up_keeps_what_it_has_for_later(hub: ModelHub, root: Path) -> None:
    file = hub.serve(CONTENT)
    arguments = (hub.site.origin, str(root), file.sha256, str(file.size_bytes))
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", FULL_DISK, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "is full. What has arrived of tiny-q8_0.gguf is kept" in done.stdout
    assert part_of(root, file).stat().st_size == 1_500_000
    path = await pull(hub, root, file)
    assert path.read_bytes() == CONTENT
    assert hub.ranges[-1] == "bytes=1500000-"


async def test_a_second_downloader_keeps_out_and_finds_the_file_when_the_first_is_done(
    hub: ModelHub, root: Path
) -> None:
    file, goes_on = hub.serve(CONTENT), asyncio.Event()

    async def slowly(visit: Visit) -> None:
        await goes_on.wait()
        await hub.give(visit)

    hub.storage.will(slowly)
    first = asyncio.create_task(pull(hub, root, file))
    await hub.storage.heard_requests(1)
    assert "Another Foretype is downloading this model" in await refusal(hub, root, file)
    goes_on.set()
    assert (await first).read_bytes() == CONTENT


HOLDER = """
import sys
from pathlib import Path
from foretype.models.part_file import PartFile
with PartFile(Path(sys.argv[1]), sys.argv[2]).held():
    print("held", flush=True)
    sys.stdin.read()
"""


async def test_a_lock_ends_with_the_process_that_held_it(hub: ModelHub, root: Path) -> None:
    file = hub.serve(CONTENT)
    holder = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        HOLDER,
        str(root / FOLDER),
        file.sha256,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    assert "Another Foretype" in await refusal(hub, root, file)
    holder.kill()
    await holder.communicate()
    assert (await pull(hub, root, file)).read_bytes() == CONTENT


async def test_a_download_that_is_stopped_keeps_what_it_has(hub: ModelHub, root: Path) -> None:
    file, stop = hub.serve(CONTENT), threading.Event()

    def progress(there: int, whole: int) -> None:
        if there > whole / 2:
            stop.set()

    assert "was stopped" in await refusal(hub, root, file, Watch(progress, stop))
    kept = part_of(root, file).stat().st_size
    assert len(CONTENT) / 2 < kept < len(CONTENT)
    assert (await pull(hub, root, file)).read_bytes() == CONTENT
    assert hub.ranges[-1] == f"bytes={kept}-"


async def test_a_link_under_the_final_name_is_replaced_and_not_followed(hub: ModelHub, root: Path) -> None:
    file, victim = hub.serve(CONTENT), root / "victim"
    target = wanted(root, file).target
    target.parent.mkdir(parents=True)
    victim.write_text("mine")
    target.symlink_to(victim)
    await pull(hub, root, file)
    assert victim.read_text() == "mine"
    assert not target.is_symlink()


async def test_links_in_the_place_of_the_part_or_of_a_folder_are_refused(hub: ModelHub, root: Path) -> None:
    file, victim = hub.serve(CONTENT), root.parent / "victim"
    (root / FOLDER).mkdir(parents=True)
    victim.write_text("mine")
    part_of(root, file).symlink_to(victim)
    assert "cannot be written to" in await refusal(hub, root, file)
    assert victim.read_text() == "mine"
    part_of(root, file).unlink()
    shutil.rmtree(root / "ggml-org")
    (root / "ggml-org").symlink_to(root.parent)
    assert "leads out of" in await refusal(hub, root, file)
    assert not (root.parent / "Tiny-GGUF").exists()


async def test_more_than_the_file_can_have_is_no_beginning_of_it(hub: ModelHub, root: Path) -> None:
    file = hub.serve(CONTENT)
    (root / FOLDER).mkdir(parents=True)
    part_of(root, file).write_bytes(b"x" * (len(CONTENT) + 1))
    assert (await pull(hub, root, file)).read_bytes() == CONTENT
    assert hub.ranges == [""]


async def test_what_is_whole_already_is_checked_and_not_fetched(hub: ModelHub, root: Path) -> None:
    file = hub.serve(CONTENT)
    (root / FOLDER).mkdir(parents=True)
    part_of(root, file).write_bytes(CONTENT)
    await pull(hub, root, file)
    assert not hub.storage.heard


async def test_a_hub_that_is_not_there_is_worth_another_try(hub: ModelHub) -> None:
    site = hub.address()
    gone = replace(site, address=replace(site.address, origin=replace(site.address.origin, port=9)))
    with pytest.raises(DroppedError):
        await asyncio.to_thread(gone.files, REPOSITORY)


@pytest.mark.parametrize("body", [b"<html>", b"{}", b"[" * 100_000, b"\xff"])
async def test_a_list_that_is_none_is_a_sentence(hub: ModelHub, body: bytes) -> None:
    hub.site.will(lambda visit: visit.answer("200 OK", body))
    with pytest.raises(DownloadError, match="cannot be understood"):
        await asyncio.to_thread(hub.address().files, REPOSITORY)


async def test_rows_without_a_checksum_are_no_files_to_download(hub: ModelHub) -> None:
    hub.serve(CONTENT)
    hub.recorded_sha256 = "not a checksum"
    assert await asyncio.to_thread(hub.address().files, REPOSITORY) == ()
