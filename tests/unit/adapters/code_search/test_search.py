from __future__ import annotations

import pytest

from adapters.code_search.candidates import MAX_NAMED, MOST
from adapters.code_search.file_kinds import FileKind
from adapters.code_search.scan import BATCH_FILES
from adapters.code_search.search import LocalCodeSearch
from tests.fakes.code_structure import FakeStructure
from tests.fakes.workspace import fake_workspace

PLAIN = b"def run():\n    return 1\n"
MATCHING = b"def discount(basket):\n    return basket.cents\n"


async def best(files: dict[str, bytes], issue: str) -> list[str]:
    return [file.path for file in await LocalCodeSearch(FakeStructure()).rank(fake_workspace(files), issue)]


async def why(files: dict[str, bytes], issue: str, path: str) -> tuple[str, ...]:
    ranking = await LocalCodeSearch(FakeStructure()).rank(fake_workspace(files), issue)
    return next(file.why for file in ranking if file.path == path)


async def test_a_rare_word_tells_more_than_a_common_one() -> None:
    files = {f"m{n}.py": b"basket basket basket" for n in range(9)} | {"z.py": b"basket voucher"}
    assert (await best(files, "x\nbasket voucher"))[0] == "z.py"


async def test_a_long_file_gains_nothing_by_its_length() -> None:
    files = {"long.py": b"discount " + b"filler " * 2_000, "short.py": b"discount " + b"filler " * 20}
    assert await best(files, "x\ndiscount") == ["short.py", "long.py"]


async def test_a_word_of_the_title_weighs_more_than_one_of_the_text() -> None:
    files = {"a.py": b"refund = 1", "b.py": b"parcel = 1"}
    assert await best(files, "parcel\nrefund") == ["b.py", "a.py"]


@pytest.mark.parametrize("name", [b"parseInvoiceTotal", b"parse_invoice_total", b"INVOICE_TOTAL2", b"XMLInvoice"])
async def test_finds_the_words_inside_of_names(name: bytes) -> None:
    assert (await best({"a.py": PLAIN, "b.py": name + b" = 1"}, "The invoice is wrong"))[0] == "b.py"


async def test_the_name_of_the_file_counts() -> None:
    assert (await best({"a.py": PLAIN, "shop/invoices/render.py": PLAIN}, "invoices are empty"))[0].startswith("shop")


async def test_the_file_that_defines_a_name_precedes_those_that_use_it() -> None:
    files = {f"use{n}.py": b"compute_discount()\ncompute_discount()\n" for n in range(3)}
    files["def.py"] = b"def compute_discount():\n    return None\n"
    assert (await best(files, "x\ncompute_discount is slow"))[0] == "def.py"


async def test_installed_versions_are_no_search_words() -> None:
    files = {"a/numpy_bridge.py": b"numpy numpy numpy numpy", "b/shop.py": b"discount = 1"}
    issue = "The total is off\n\nA discount is lost.\n\nnumpy: 1.17.4\nnumpy==1.17.4\nnumpy    1.17.4\n"
    assert (await best(files, issue))[0] == "b/shop.py"


@pytest.mark.parametrize("mention", ["shop/cart.py", "`cart.py`", "./shop/cart.py", "shop\\cart.py", "(shop/cart.py)."])
async def test_a_file_that_the_issue_names_comes_first(mention: str) -> None:
    files = {"shop/cart.py": MATCHING, "shop/aisle.py": MATCHING}
    issue = f"The discount of a basket\n\nSee {mention}"
    assert (await best(files, issue))[0] == "shop/cart.py"
    assert "named in the issue" in await why(files, issue, "shop/cart.py")


async def test_a_file_that_the_issue_names_is_among_the_first_five_whatever_else_matches() -> None:
    files = {f"shop/discount{n}.py": MATCHING * 3 for n in range(20)} | {"lib/zebra.py": PLAIN}
    ranking = await best(files, "The discount of a basket in cents\n\nSee lib/zebra.py")
    assert "lib/zebra.py" in ranking[:5]


async def test_an_issue_that_names_all_files_does_not_have_all_of_them_read_closely() -> None:
    files = {f"shop/m{n}.py": PLAIN for n in range(500)}
    structure = FakeStructure()
    await LocalCodeSearch(structure).rank(fake_workspace(files), "All\n\n" + "\n".join(files))
    assert len(structure.asked) <= MOST[FileKind.CODE] + MAX_NAMED


async def test_a_test_that_the_issue_names_is_not_moved_up() -> None:
    files = {f"shop/discount{n}.py": MATCHING * 3 for n in range(20)} | {"tests/test_zebra.py": PLAIN}
    ranking = await best(files, "The discount of a basket in cents\n\ntests/test_zebra.py fails")
    assert ranking[-1] == "tests/test_zebra.py"


async def test_a_link_to_the_forge_names_its_file() -> None:
    files = {"shop/cart.py": MATCHING, "shop/aisle.py": MATCHING}
    link = "https://forge.example/acme/shop/blob/0f3c/shop/cart.py#L10-L20"
    assert (await best(files, f"The discount of a basket\n\n{link}"))[0] == "shop/cart.py"


async def test_a_module_that_the_issue_names_gains() -> None:
    files = {"lib/shop/cart.py": PLAIN, "lib/shop/tax.py": PLAIN}
    reasons = await why(files, "x\nshop.cart.Cart.total() fails", "lib/shop/cart.py")
    assert "its module is named in the issue" in reasons


async def test_the_frame_nearest_to_the_failure_comes_first_in_python() -> None:
    files = {f"shop/{name}.py": PLAIN for name in ("main", "cart", "money")}
    trace = "".join(f'  File "/srv/app/shop/{name}.py", line 7, in run\n' for name in ("main", "cart", "money"))
    assert await best(files, f"It crashes\n\n{trace}") == ["shop/money.py", "shop/cart.py", "shop/main.py"]


@pytest.mark.parametrize(
    ("inner", "outer"),
    [
        ("at total (src/money.js:3:4)", "at run (src/cart.js:9:1)"),
        ("\t/srv/src/money.js:3 +0x1d", "\t/srv/src/cart.js:9 +0x2c"),
    ],
)
async def test_the_first_frame_comes_first_elsewhere(inner: str, outer: str) -> None:
    files = {"src/cart.js": b"run()", "src/money.js": b"run()", "src/zebra.js": b"run()"}
    assert (await best(files, f"It crashes\n\n{inner}\n{outer}"))[:2] == ["src/money.js", "src/cart.js"]


@pytest.mark.parametrize("path", ["tests/test_basket.py", "src/basket_test.go", "web/basket.spec.ts", "doc/basket.rst"])
async def test_tests_and_documentation_come_after_code(path: str) -> None:
    files = {path: MATCHING * 3, "shop/basket.py": MATCHING}
    assert (await best(files, "The discount of a basket"))[0] == "shop/basket.py"


async def test_tests_come_first_where_the_issue_is_about_them() -> None:
    files = {"tests/test_basket.py": MATCHING * 3 + b"voucher", "shop/basket.py": MATCHING}
    assert (await best(files, "Flaky test of the basket's discount\n\nvoucher"))[0] == "tests/test_basket.py"


async def test_a_file_in_the_title_comes_first_whatever_its_kind() -> None:
    files = {"docs/intro.rst": PLAIN, "shop/basket.py": MATCHING}
    assert (await best(files, "docs/intro.rst: wrong discount"))[0] == "docs/intro.rst"


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("node_modules/basket/discount.js", MATCHING * 9),
        ("vendor/basket/discount.go", MATCHING * 9),
        ("web/basket.min.js", MATCHING * 9),
        ("package-lock.json", MATCHING * 9),
        ("shop/discount_pb2.py", MATCHING * 9),
        ("shop/discount_api.py", b"# Code generated by a tool. DO NOT EDIT.\n" + MATCHING * 9),
        ("web/discount.js", b"function discount(basket){return basket}" * 500),
    ],
)
async def test_what_no_person_wrote_comes_last(path: str, content: bytes) -> None:
    assert (await best({path: content, "a.py": PLAIN, "tests/test_a.py": PLAIN}, "The basket's discount"))[-1] == path


async def test_says_which_words_match() -> None:
    files = {"a.py": PLAIN, "b.py": b"discount of basket"}
    assert await why(files, "x\ndiscount of a basket", "b.py") == ("matches: basket, discount",)


async def test_what_the_likely_files_import_is_a_neighbour() -> None:
    files = {f"lib/z{n}.py": PLAIN for n in range(9)} | {"shop/basket.py": b"from lib.z7 import run\n" + MATCHING}
    files |= {"shop/refund.py": b"from lib.z3 import run\nbasket = 1\n"}
    ranking = await best(files, "The discount of a basket")
    assert ranking.index("lib/z7.py") < ranking.index("lib/z3.py") < ranking.index("lib/z0.py")


@pytest.mark.parametrize("path", ["locale/de.po", "web/texts.xlf", "vendor/discount.go"])
async def test_what_others_wrote_is_known_by_its_path_alone(path: str) -> None:
    files = {path: b"voucher " * 9, "a.py": PLAIN}
    assert await why(files, "x\nvoucher", path) == ()


@pytest.mark.parametrize("path", ["tests/test_a.py", "docs/a.rst"])
async def test_of_tests_and_documentation_the_head_counts(path: str) -> None:
    files = {path: b"filler\n" * 5_000 + b"voucher\n", "a.py": PLAIN}
    assert "voucher" not in str(await why(files, "x\nvoucher", path))
    assert "filler" in str(await why(files, "x\nfiller", path))


async def test_leaves_out_files_over_the_limit() -> None:
    workspace = fake_workspace({"big.py": b"discount\n" * 100, "small.py": b"discount\n"})
    ranking = await LocalCodeSearch(FakeStructure(), max_file_bytes=800).rank(workspace, "discount")
    assert [file.path for file in ranking] == ["small.py"]


async def test_reads_more_files_than_one_batch_holds() -> None:
    files = {f"m{n:04}.py": b"x" for n in range(BATCH_FILES)} | {"z.py": b"discount"}
    ranking = await best(files, "discount")
    assert ranking[0] == "z.py"
    assert len(ranking) == BATCH_FILES + 1
