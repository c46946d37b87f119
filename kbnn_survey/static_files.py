"""The static files with a hash in their name and, beside those that a page asks for often, a compressed copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whitenoise.storage import CompressedManifestStaticFilesStorage

#: Fonts of printed papers, and scripts of rare pages of `/admin/`: compressing them takes ten times as long as the rest.
SENT_AS_THEY_ARE = ("fonts/", "admin/js/vendor/", "admin/img/")


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Only names with a hash are compressed: pages link to no other."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        hashed = set(self.hashed_files.values())
        yield from super().compress_files(
            {path for path in paths if path in hashed and not path.startswith(SENT_AS_THEY_ARE)}
        )
