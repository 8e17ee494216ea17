"""An extension of somebody else's, packed as VS Code installs it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

SOURCE = Path(__file__).with_name("neighbour_extension")
TYPES = """<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="json" ContentType="application/json"/>
<Default Extension="js" ContentType="application/javascript"/>
<Default Extension="vsixmanifest" ContentType="text/xml"/>
</Types>"""
MANIFEST = """<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
<Metadata><Identity Language="en-US" Id="{name}" Version="{version}" Publisher="{publisher}"/>
<DisplayName>{displayName}</DisplayName></Metadata>
<Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
<Assets><Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json"/></Assets>
</PackageManifest>"""


def packed(folder: Path) -> Path:
    package = folder / "neighbour.vsix"
    facts = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("extension.vsixmanifest", MANIFEST.format(**facts))
        for file in SOURCE.iterdir():
            archive.write(file, f"extension/{file.name}")
    return package
