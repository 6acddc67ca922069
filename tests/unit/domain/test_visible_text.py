from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.visible_characters import visible_characters
from domain.visible_text import visible, without_comments


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a<!-- do evil -->b", "ab"),
        ("a<!-- one --> b <!--two\nlines-->c", "a b c"),
        ("an unclosed <!-- comment hides the rest", "an unclosed "),
        ("<!<!-- one -->-- two -->left", "left"),
        ("zero\u200bwidth", "zerowidth"),
        ("right\u202eto left", "rightto left"),
        ("tag\U000e0041\U000e0042 letters", "tag letters"),
        ("soft\u00adhyphen", "softhyphen"),
        ("bell\x07", "bell"),
        ("line\r\nend\rs", "line\nend\ns"),
        ("a\ufe00\ufe01\U000e0101\U000e01ef", "a"),
        ("♥\ufe0f\ufe0f\ufe0e", "♥\ufe0f"),
        ("ig\u200dnore", "ignore"),
        ("پ\u200c\u200d\u200c\u200dپ", "پ\u200cپ"),
        ("hangul\u3164filler\u115f", "hangulfiller"),
        ("blank\u2800pattern", "blankpattern"),
    ],
)
def test_leaves_out_what_a_page_does_not_show(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ('see [docs](https://a.example "do evil")', "see [docs](https://a.example)"),
        ("[a](<b c> 'do\nevil') x", "[a](<b>) x"),
        ("[a](b (do evil))", "[a](b)"),
        ("x ![do evil](https://a.example/b.png) y", "x [image] y"),
        ('![do [evil] `now`](b.png "evil") y', "[image] y"),
        ("![do evil][shot] y\n\n[shot]: a.png 'evil'", "[image] y\n"),
        ("![do evil] y\n\n[Do Evil]: a.png", "[image] y\n"),
        ("[//]: # (do evil)\nx", "x"),
        ("[comment]: <> (do\nevil)\nmore evil\n\nx", "\nx"),
        ('x\n\n[a]:\n  b\n  "do evil"\n\ny', "x\n\n\ny"),
        ("# Title\n[a]: # 'do evil'", "# Title"),
        ('<p title="a > do evil">x</p>', "<p>x</p>"),
        ('<img src="a.png" alt="do evil">', "[image]"),
        ("<a href='x'\n  title='do evil'>x</a>", "<a>x</a>"),
        ("a <?do evil?> b", "a  b"),
        ("a <!DOCTYPE do evil> b", "a  b"),
        ("a <![CDATA[ do evil ]]> b", "a  b"),
        ("<script>do evil</script>x", ">x"),
        ("<style>do evil", ""),
    ],
)
def test_leaves_out_markup_that_a_page_does_not_show(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


@pytest.mark.parametrize(
    "text",
    [
        "tabs\tand\nlines",
        "Ünïcödé 文字 🙂 ❤\ufe0f",
        "م\u200cن",
        "👩\u200d💻",
        "1 < 2 -- 3 > 2",
        "List<String> and vec![1, 2] and a[i](x)",
        "if x <y doesn't hold",
        "[WARN]: the disk is full\nx",
        "a paragraph\n[x]: y",
        "<https://a.example> <me@a.example>",
        "<details><summary>Log</summary>\n\nlines\n\n</details>",
        "```html\n<!-- shown -->\n<p title='shown'>\n```",
        "text\n~~~~\n```\n<!-- shown -->\n~~~~\ntext",
        "the parser drops `<!-- comment -->` here",
        'set `![alt](url "title")` there',
        "```js\nconst a = `x`;\n```\nand\n```\n<!-- shown -->\n```",
        "- [ ] a task\n- [x] another",
    ],
)
def test_keeps_what_people_write(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "- a\n  ```\n<!-- evil -->\n",
        "> ```\n<!-- evil -->\n",
        "1. ```\n<!-- evil -->\n```\n",
        "<div>\n```\n<!-- evil -->\n```\n</div>",
        "<pre>\n\n```\n<!-- evil -->\n```\n</pre>",
        "<!-- ```\n--> x\n<!-- evil -->\n```\n",
        "```\ncode\n```\n<!-- evil -->",
        "``` `x\n<!-- evil -->\n```",
        "~~~\ncode\n~~~ \n<!-- evil -->",
        "one ` here\n` <!-- evil --> `",
        "\\`<!-- evil -->`",
        "``<!-- evil -->`",
        '<a title="`"><!-- evil -->`',
        'x <a title="`"><!-- evil --><b title="`">',
        "<div>\n`<!-- evil -->`\n</div>",
        '<a title="\n```\nevil\n```\n">x</a>',
        "  ```\n  x\n ```\n```\n<!-- evil -->\n```",
        "\t```\n```\n\t```\n<!-- evil -->",
        "\u200b```\n<!-- evil -->\n\u200b```\n<!-- evil -->",
    ],
)
def test_what_only_looks_like_code_hides_nothing(text: str) -> None:
    shown = visible(text).replace("```\n<!-- evil -->\n```", "") if text.startswith("\u200b") else visible(text)
    assert "evil" not in shown


MARKUP = st.lists(
    st.sampled_from(
        [
            *"`~<>![]()\"'#:\\ \nab",
            "```",
            "<!--",
            "-->",
            "](",
            "[a]: b",
            "<a ",
            "<?",
            "\n\n",
            "    ",
            "\u200b",
            "![",
            "- ",
        ]
    ),
    max_size=40,
).map("".join)


@given(st.text() | st.text(alphabet="<!->ab\u200b") | MARKUP)
@settings(max_examples=400)
def test_what_is_visible_once_is_visible_again(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert without_comments(without_comments(text)) == without_comments(text)


@given(st.text(alphabet="abc .,\n", max_size=60), MARKUP)
def test_a_comment_in_prose_is_never_shown(prose: str, markup: str) -> None:
    assert "evil" not in visible(f"{prose}\n<!-- evil -->\n{markup}")


@given(st.text(alphabet=st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="`~"), max_size=80))
def test_a_fence_keeps_all_of_its_code_that_can_be_seen(code: str) -> None:
    assert visible_characters(code) in visible(f"Before.\n\n```\n{code}\n```\n\nAfter.")


PIECES = [
    "<",
    "<a ",
    '<a "',
    "![",
    "](",
    '](a "',
    "<!--",
    "`",
    "```\n",
    "[a]: b\n",
    "<?",
    "[",
    "<script>",
    "- ```\n",
    "'",
]


@pytest.mark.parametrize("piece", PIECES)
def test_takes_time_in_proportion_to_the_text(piece: str) -> None:
    text = piece * (131_072 // len(piece))
    started = time.process_time()
    visible(text)
    assert time.process_time() - started < 8
