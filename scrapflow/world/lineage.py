"""What a folder of tables says of itself to others: a Data Package (v2) and a Process Run Crate.

Both hold nothing that the tables, the schema rows and the manifest do not say, and no date of today: equal inputs give
equal bytes. References: https://datapackage.org (profile 2.0), https://w3id.org/ro/crate/1.1,
https://w3id.org/ro/wfrun/process/0.5.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from scrapflow.world.database import Field

DATA_PACKAGE, CRATE = "datapackage.json", "ro-crate-metadata.json"
FILES = (DATA_PACKAGE, CRATE)
"""The files that :func:`write_lineage` writes."""
_FORMATS = {
    ".csv": ("csv", "text/csv"),
    ".parquet": ("parquet", "application/vnd.apache.parquet"),
    ".json": ("json", "application/json"),
    ".geojson": ("geojson", "application/geo+json"),
    ".toml": ("toml", "application/toml"),
}
_PROCESS = "https://w3id.org/ro/wfrun/process/0.5"
_MORE_TERMS = {"sha256": "https://w3id.org/ro/terms/workflow-run#sha256"}
"""Terms that RO-Crate 1.1 does not have: its context would leave the hashes without a meaning, and validators refuse that."""
_UNDATED = "1970-01-01"


class Resource(NamedTuple):
    """A table as it lies in a folder: its files, relative to the folder, and what its columns are."""

    name: str
    meaning: str
    files: tuple[str, ...]
    fields: tuple[Field, ...]
    key: tuple[str, ...]


class About(NamedTuple):
    """What a folder is, who made it of what, and with which settings.

    Attributes
    ----------
    name, title
        Identifier and words.
    inputs
        What it was made of: files with their SHA-256, or sources with their titles, as entities without ``@id``.
    settings
        What else made it, such as seed and mode.
    version
        Of scrapflow.
    accessed
        Dates at which its sources were read; the latest dates the crate.
    """

    name: str
    title: str
    inputs: Sequence[Mapping[str, str]]
    settings: Mapping[str, Any]
    version: str
    accessed: Sequence[str]


def write_lineage(folder: Path, about: About, resources: Sequence[Resource]) -> None:
    """Write both files beside the tables of a folder."""
    _write(folder / DATA_PACKAGE, data_package(folder, about, resources))
    _write(folder / CRATE, crate(folder, about))


def data_package(folder: Path, about: About, resources: Sequence[Resource]) -> dict[str, Any]:
    """Return the descriptor of a folder's tables: types, keys, references, units and meanings of every column."""
    names = {r.name for r in resources}
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": re.sub(r"[^a-z0-9._-]+", "-", about.name.lower()).strip("-") or "tables",
        "title": about.title,
        "resources": [_resource(folder, r, names) for r in resources],
    }


def crate(folder: Path, about: About) -> dict[str, Any]:
    """Return what was run, on what and with what, with every file of the folder."""
    files = sorted(f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file() and f.name != CRATE)
    inputs = [
        {"@id": f"#input-{i}", "@type": "CreativeWork", **{k: v for k, v in entity.items() if v}}
        for i, entity in enumerate(about.inputs)
    ]
    settings = [
        {"@id": f"#setting-{key}", "@type": "PropertyValue", "name": key, "value": _plain(value)}
        for key, value in sorted(about.settings.items())
    ]
    graph: list[dict[str, Any]] = [
        {"@id": CRATE, "@type": "CreativeWork", "about": {"@id": "./"}, "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
        {
            "@id": "./", "@type": "Dataset", "name": about.name, "description": about.title or about.name,
            "conformsTo": {"@id": _PROCESS}, "datePublished": max([d for d in about.accessed if d] or [_UNDATED]),
            "license": {"@id": "#license"}, "hasPart": [{"@id": f} for f in files], "mentions": {"@id": "#run"},
        },
        {"@id": _PROCESS, "@type": "CreativeWork", "name": "Process Run Crate", "version": "0.5"},
        {"@id": "#license", "@type": "CreativeWork", "name": "terms of the sources",
         "description": "each source has terms of its own; the table sources names them"},
        {"@id": "#scrapflow", "@type": "SoftwareApplication", "name": "scrapflow", "softwareVersion": about.version},
        {
            "@id": "#run", "@type": "CreateAction", "name": f"scrapflow made {about.name}",
            "description": "what was read, with its hashes, the settings, and the files that came of it",
            "instrument": {"@id": "#scrapflow"}, "object": [{"@id": e["@id"]} for e in (*inputs, *settings)],
            "result": [{"@id": f} for f in files], "actionStatus": "http://schema.org/CompletedActionStatus",
        },
        *inputs, *settings, *(_file(folder, f) for f in files),
    ]  # fmt: skip
    return {"@context": ["https://w3id.org/ro/crate/1.1/context", _MORE_TERMS], "@graph": graph}


def _resource(folder: Path, resource: Resource, names: set[str]) -> dict[str, Any]:
    suffix = resource.files[0][resource.files[0].rindex(".") :]
    kind, media = _FORMATS[suffix]
    path: str | list[str] = list(resource.files) if len(resource.files) > 1 else resource.files[0]
    # Of Parquet the crate has the hashes: readers of data packages count the bytes of text alone.
    single = _checksum(folder / resource.files[0]) if kind == "csv" else {}
    references = [
        {"fields": [f.name], "reference": {"resource": "" if f.references[0] == resource.name else f.references[0],
                                           "fields": [f.references[1]]}}
        for f in resource.fields if f.references and f.references[0] in names
    ]  # fmt: skip
    described: dict[str, Any] = {
        "fields": [_field(f, geometry="string" if kind == "csv" else "any") for f in resource.fields],
        **({"primaryKey": list(resource.key)} if resource.key else {}),
        **({"foreignKeys": references} if references else {}),
    }
    return {
        "name": resource.name.replace("_", "-") if not re.fullmatch(r"[a-z0-9._-]+", resource.name) else resource.name,
        "path": path,
        "format": kind,
        "mediatype": media,
        **({"encoding": "utf-8"} if kind == "csv" else {}),
        "description": resource.meaning,
        **single,
        "schema": described,
    }


def _field(field: Field, *, geometry: str) -> dict[str, Any]:
    kind = {"geometry": geometry}.get(field.type, field.type)
    # Whole numbers are kept as numbers, so that unknown can be one.
    kind = "number" if kind == "integer" else kind
    return {"name": field.name, "type": kind, **({"description": field.meaning} if field.meaning else {})}


def _file(folder: Path, name: str) -> dict[str, Any]:
    _, media = _FORMATS.get(name[name.rindex(".") :] if "." in name else "", ("", "application/octet-stream"))
    sums = _checksum(folder / name)
    return {"@id": name, "@type": "File", "name": name, "encodingFormat": media, "contentSize": str(sums["bytes"]),
            "sha256": sums["hash"].removeprefix("sha256:")}  # fmt: skip


def _checksum(file: Path) -> dict[str, Any]:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"hash": f"sha256:{digest}", "bytes": file.stat().st_size}


def _plain(value: Any) -> Any:
    return (
        value if isinstance(value, str | int | float | bool) else json.dumps(value, ensure_ascii=False, sort_keys=True)
    )


def _write(file: Path, content: dict[str, Any]) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    file.write_text(f"{text}\n", encoding="utf-8")
