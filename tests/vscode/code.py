"""A VS Code of one test: its settings, the extension in it, and the process that serves its window."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from editors.desk import Desk
from editors.patience import until
from editors.ports import free_port
from vscode.install import NODE, Programs
from vscode.processes import processes_of

EXTENSION = "foretype.foretype"
START_S = 60.0
FLAGS = (
    *("--disable-telemetry", "--disable-update-check", "--disable-proxy"),
    "--disable-getting-started-override",
)
QUIET: Mapping[str, Any] = {
    "workbench.startupEditor": "none",
    "workbench.welcomePage.walkthroughs.openOnInstall": False,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "workbench.enableExperiments": False,
    "workbench.tips.enabled": False,
    "workbench.settings.enableNaturalLanguageSearch": False,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "update.showReleaseNotes": False,
    "extensions.autoUpdate": False,
    "extensions.autoCheckUpdates": False,
    "extensions.ignoreRecommendations": True,
    "npm.fetchOnlinePackageInfo": False,
    "typescript.disableAutomaticTypeAcquisition": True,
    "json.schemaDownload.enable": False,
    "git.enabled": False,
    "chat.commandCenter.enabled": False,
    "chat.disableAIFeatures": True,
}
# What stands on disk is what was typed and taken, and nothing that VS Code adds by itself.
EXACT: Mapping[str, Any] = {
    "files.autoSave": "afterDelay",
    "files.autoSaveDelay": 100,
    "editor.autoClosingBrackets": "never",
    "editor.autoClosingQuotes": "never",
    "editor.autoIndent": "none",
    "editor.quickSuggestions": {"other": "off", "comments": "off", "strings": "off"},
    "editor.suggestOnTriggerCharacters": False,
    "editor.wordBasedSuggestions": "off",
    "editor.accessibilitySupport": "off",
    "editor.minimap.enabled": False,
}


@dataclass
class Code:
    """Where VS Code keeps its things in this test, and how it is started."""

    programs: Programs
    desk: Desk
    folder: Path
    trusts_every_workspace: bool = True
    environment: dict[str, str] = field(default_factory=dict)
    origin: str = ""

    @property
    def user_data(self) -> Path:
        return self.folder / "user-data"

    @property
    def storage(self) -> Path:
        """The extension's global storage."""
        return self.user_data / "User" / "globalStorage" / EXTENSION

    @property
    def settings_file(self) -> Path:
        return self.user_data / "User" / "settings.json"

    @property
    def machine_settings_file(self) -> Path:
        return self.user_data / "Machine" / "settings.json"

    def write_user_settings(self, **changes: Any) -> None:
        """What every test wants of VS Code, but for what this one wants otherwise."""
        write(self.settings_file, {**QUIET, **EXACT, **changes})

    def write_settings(self, **machine: Any) -> None:
        """The user's settings; those of the machine are named with two underscores for each dot."""
        self.write_user_settings()
        write(self.machine_settings_file, {name.replace("__", "."): value for name, value in machine.items()})

    def workspace_settings(self, **settings: Any) -> None:
        """What the repository that is opened brings along."""
        named = {name.replace("__", "."): value for name, value in settings.items()}
        write(self.desk.project / ".vscode" / "settings.json", named)

    def user_settings(self) -> dict[str, Any]:
        """Both files of the user's, as they are now."""
        found: dict[str, Any] = {}
        for file in (self.settings_file, self.machine_settings_file):
            found |= json.loads(file.read_text(encoding="utf-8"))
        return found

    @property
    def command(self) -> list[str]:
        config = self.folder / "code-server.yaml"
        config.write_text("{}")
        return [str(NODE), str(self.programs.code_server), "--config", str(config), "--user-data-dir",
                str(self.user_data), "--extensions-dir", str(self.folder / "extensions")]  # fmt: skip

    @property
    def variables(self) -> dict[str, str]:
        """What the desk says, and no marketplace."""
        return {**self.desk.environment, "EXTENSIONS_GALLERY": "{}", **self.environment}

    async def install(self, package: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            *self.command, "--install-extension", str(package), "--force", env=self.variables,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await asyncio.wait_for(process.communicate(), START_S)
        assert process.returncode == 0, said.decode()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Serves the window; at the end nothing that came with it runs any more."""
        port = free_port()
        flags = ["--auth", "none", "--bind-addr", f"127.0.0.1:{port}", *FLAGS]
        if self.trusts_every_workspace:
            flags.append("--disable-workspace-trust")
        self.origin = f"http://127.0.0.1:{port}"
        with open(self.folder / "code-server.log", "wb") as log:
            process = await asyncio.create_subprocess_exec(
                *self.command, *flags, str(self.desk.project), env=self.variables, cwd=self.desk.home,
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            await until(partial(answers, port), "VS Code's server")
            yield
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            await asyncio.wait_for(process.wait(), START_S)
        await until(self.nothing_left, lambda: f"the end of {processes_of(self.desk.home.parent)}")

    async def nothing_left(self) -> bool:
        return not processes_of(self.desk.home.parent)


async def answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def write(file: Path, value: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(value, indent=1), encoding="utf-8")
