"""The built package has all code and all data files, in packages under `growth`."""

from __future__ import annotations

from configparser import ConfigParser
from fnmatch import fnmatch
from pathlib import Path

from documents import ROOT

BUILT = ConfigParser()
BUILT.read(ROOT / "setup.cfg")

FOLDERS = {
    name.strip(): ROOT / folder.strip()
    for name, _, folder in (
        line.partition("=") for line in BUILT["options"]["package_dir"].split("\n") if line
    )
}
"""The folders of packages that are not within the folder of their parent package."""


def folder_of(package: str) -> Path:
    if package in FOLDERS:
        return FOLDERS[package]
    parent, _, name = package.rpartition(".")
    return folder_of(parent) / name


class DescribePackage:
    def it_has_every_folder_with_code(self) -> None:
        listed = set(BUILT["options"]["packages"].split())

        found = {
            ".".join([name, *path.parent.relative_to(top).parts])
            for name, top in FOLDERS.items()
            for path in top.rglob("*.py")
        }
        assert found == listed

    def it_has_every_file_that_is_no_code(self) -> None:
        patterns = {
            package: [each.strip() for each in told.split(",")]
            for package, told in BUILT["options.package_data"].items()
        }

        missing = {
            str(path)
            for package in BUILT["options"]["packages"].split()
            for path in folder_of(package).iterdir()
            if path.is_file() and path.suffix not in (".py", ".md", ".pyc")
            if not any(fnmatch(path.name, each) for each in patterns.get(package, ()))
        }
        assert missing == set()
