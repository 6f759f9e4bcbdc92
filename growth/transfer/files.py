"""Opens files and standard input, plain or gzip, in UTF-8, UTF-16 or Windows-1252."""

from __future__ import annotations

import codecs
import hashlib
import shutil
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from gzip import BadGzipFile, GzipFile
from io import TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, TextIO

from growth.attribution.tags import WINDOWS_1252

HEAD = 64 * 1024
"""Number of bytes at the start of a file from which its kind and encoding are guessed."""

GZIP = b"\x1f\x8b"
FOREIGN = {
    b"PK": "is a spreadsheet or an archive; save it as CSV",
    b"PAR1": "is Parquet; export it as lines of JSON",
}
"""Files that begin with these bytes are not text. The messages say what to do."""


class BadFileError(Exception):
    """The file cannot be read at all. The message says what to do."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be read more than once."""

    name: str
    path: Path
    encoding: str
    """The encoding, by the name that Python uses."""
    shown_encoding: str
    digest: str

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    @contextmanager
    def text(self) -> Iterator[tuple[TextIO, IO[bytes]]]:
        """Yield the decoded text and the raw file.

        The position of the raw file shows how much of the file has been read.
        """
        try:
            with (
                self.path.open("rb") as raw,
                TextIOWrapper(inflated(raw), self.encoding, WINDOWS_1252, newline="") as text,
            ):
                yield text, raw
        except (EOFError, BadGzipFile, zlib.error) as ex:
            raise BadFileError(f"{self.name} is damaged: {ex}") from ex


@contextmanager
def opened_file(name: str) -> Iterator[File]:
    """Open a file. `-` is standard input, which is copied to a temporary file first.

    Raises BadFileError.
    """
    if name != "-":
        yield file_at(Path(name), Path(name).name)
        return
    with NamedTemporaryFile() as spool:
        shutil.copyfileobj(sys.stdin.buffer, spool)
        spool.flush()
        yield file_at(Path(spool.name), "standard input")


def file_at(path: Path, name: str) -> File:
    with path.open("rb") as raw:
        digest = hashlib.file_digest(raw, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
        raw.seek(0)
        try:
            head = inflated(raw).read(HEAD)
        except (EOFError, BadGzipFile, zlib.error) as ex:
            raise BadFileError(f"{name} is damaged: {ex}") from ex
    for start, why in FOREIGN.items():
        if head.startswith(start):
            raise BadFileError(f"{name} {why}")
    return File(name, path, *encoding_of(head), digest)


def inflated(raw: IO[bytes]) -> Any:
    """A stream of the file from its start. It decompresses the file if the file is gzip."""
    is_gzip = raw.read(len(GZIP)) == GZIP
    raw.seek(0)
    return GzipFile(fileobj=raw) if is_gzip else raw


def encoding_of(head: bytes) -> tuple[str, str]:
    """Python's name of the encoding to open the file with, and the name to show.

    A file in Windows-1252 is opened as UTF-8. `File.text` decodes only the bytes that are not valid
    UTF-8 as Windows-1252.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "UTF-16"
    for place, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[place::2].count(0) > len(head) // 4:
            return name, "UTF-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "utf-8-sig", "Windows-1252"
    return "utf-8-sig", "UTF-8"
