"""How templates are read: their indentation is for those who write them, their white space for those who read the page."""

import pytest
from django.template import Context, Engine

LOADERS = ["kbnn_survey.template_lines.Loader"]


@pytest.fixture
def rendered(tmp_path):
    def render(text: str, *, name: str = "page.html", debug: bool = False, **context: object) -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        engine = Engine(dirs=[str(tmp_path)], loaders=LOADERS, debug=debug)
        return engine.get_template(name).render(Context(context))

    return render


def test_no_line_is_sent_with_its_indentation(rendered):
    assert (
        rendered("<ul>\n    <li>một</li>\n\t<li>hai</li>\n</ul>\n")
        == "<ul>\n<li>một</li>\n<li>hai</li>\n</ul>\n"
    )


def test_a_line_of_logic_leaves_no_empty_line(rendered):
    page = "<ul>\n  {% for n in rows %}\n    {% if n %}\n      <li>{{ n }}</li>\n    {% endif %}\n  {% endfor %}\n</ul>\n"
    assert rendered(page, rows=[1, 0, 2]) == "<ul>\n<li>1</li>\n<li>2</li>\n</ul>\n"


@pytest.mark.parametrize("is_told", [True, False])
def test_between_two_words_white_space_stays_whatever_logic_stands_between(rendered, is_told):
    page = "<p>\n  một\n  {% if is_told %}\n    hai\n  {% else %}\n    ba\n  {% endif %}\n  bốn\n</p>\n"
    assert rendered(page, is_told=is_told).split() == [
        "<p>",
        "một",
        "hai" if is_told else "ba",
        "bốn",
        "</p>",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "{{ who }}",
        "một{% if who %}{% endif %}",
        '{% firstof who "ai" %}{% now "Y" as year %}',
        "{% if who %}một{% endif %}",
    ],
)
def test_the_break_after_what_prints_something_is_kept(rendered, line):
    assert rendered(f"{line}\n  hai", who="ai").split("\n")[1:] == ["hai"]


def test_a_mail_is_taken_as_it_stands(rendered):
    assert (
        rendered("Kính gửi:\n    {% if True %}\nông\n{% endif %}", name="letter.txt")
        == "Kính gửi:\n    \nông\n"
    )


def test_while_debugging_lines_keep_their_numbers(rendered):
    assert rendered("{% if True %}\n  <p>\n{% endif %}", debug=True) == "\n  <p>\n"
