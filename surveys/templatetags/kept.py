"""A part of a page that is made once: `{% kept "name" what else changes it %} … {% endkept %}` (`surveys.database.revision`)."""

from __future__ import annotations

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from surveys.database import revision

register = template.Library()


class KeptNode(template.Node):
    def __init__(self, inside: NodeList, key: list[FilterExpression]) -> None:
        self.nodelist, self.key = inside, key

    def render(self, context: Context) -> SafeString:
        key = ("part", get_language(), *(each.resolve(context) for each in self.key))
        return revision.kept(key, lambda: self.nodelist.render(context))


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """The key names the part and everything that changes it beside rows and the day; no token, no clock inside."""
    inside = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(inside, [parser.compile_filter(each) for each in token.split_contents()[1:]])
