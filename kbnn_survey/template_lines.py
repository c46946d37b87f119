"""Templates as they are written, without what only their readers need: the blanks that begin a line, and the line breaks of
lines that hold nothing but logic.

Pages are laid out by nesting; sent as they stand, every row of every table would carry its indentation. To HTML a line break
is the same white space as a line break and twenty blanks, and where a line of logic stands between two lines of the page the
break before it is enough: so no white space is lost between two words, only at the very beginning of a template. Mails and
other text are taken as they are, since there a blank is content; so is everything while DEBUG, for the line numbers of errors.
"""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders.filesystem import Loader as FromFolders

_BEGINS_A_LINE = re.compile(r"^[ \t]+", re.MULTILINE)
# What prints nothing itself: a branch, a loop, a name for a value. Not a block, since what another template puts into it may
# end without a break.
_WITHIN = r"(?:(?!%}).)*"
_SILENT = (
    "(?:(?:if|elif|else|endif|for|empty|endfor|with|endwith|ifchanged|endifchanged|kept|endkept|load|extends|comment|endcomment)"
    rf"\b{_WITHIN}|\w+ {_WITHIN} as \w+ )"
)
_LOGIC_ALONE = re.compile(rf"^((?:{{% {_SILENT}%}}|{{#.*?#}})+)\n", re.MULTILINE)


class Loader(FromFolders):
    """From the folders of TEMPLATES, as `django.template.loaders.filesystem`; only what ends in .html is touched."""

    def get_contents(self, origin: Origin) -> str:
        contents = super().get_contents(origin)
        if self.engine.debug or not origin.name.endswith(".html"):
            return contents
        return _LOGIC_ALONE.sub(r"\1", _BEGINS_A_LINE.sub("", contents))
