"""Many files at once: all of them, or none and every reason."""

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from habaring.evidence.bundles import Vault, put_bundle
from habaring.evidence.models import Evidence
from habaring.people.access import EVERYWHERE, Extent
from habaring.shared.refusal import FileRefused
from tests.evidence.makers import PDF

if TYPE_CHECKING:
    from habaring.people.models import Account
    from habaring.regions.models import Region

HEAD = "file,title,kind,year,valid_until,confidential\n"
TWO = (
    HEAD + "perbup.pdf,Perbup Masterplan,regulation,2025,2029-12-31,tidak\n"
    "folder/SK.pdf,SK Dewan,decree,2026,,ya\n"
)
FILES = {"perbup.pdf": PDF, "surat/sk.pdf": PDF + b"% dua"}


def bundle(table: str, files: dict[str, bytes], name: str = "daftar.csv") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        if table:
            archive.writestr(name, table)
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


def sent(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("bukti.zip", content)


def vault(region: "Region", by: "Account", within: Extent = EVERYWHERE) -> Vault:
    return Vault(region, by, within)


def test_a_bundle_is_put_whole_and_again_changes_nothing(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    content = bundle(TWO, FILES)
    first = put_bundle(vault=vault(kotim, budi), upload=sent(content), at=at)
    assert [one.title for one in first.new] == ["Perbup Masterplan", "SK Dewan"]
    assert [one.confidential for one in first.new] == [False, True]
    again = put_bundle(vault=vault(kotim, budi), upload=sent(content), at=at)
    assert (len(again.new), again.there) == (0, 2)
    assert Evidence.objects.count() == 2


def test_every_row_that_cannot_be_taken_is_named_and_nothing_is_kept(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    table = TWO + (
        "tiada.pdf,Tidak ada,report,2026,,\n"
        "jahat.pdf,Program,report,2026,,\n"
        "tua.pdf,Terlalu tua,report,1980,,\n"
    )
    files = FILES | {"jahat.pdf": b"MZ\x90\x00" * 9, "tua.pdf": PDF, "lebih.pdf": PDF}
    with pytest.raises(FileRefused) as refused:
        put_bundle(vault=vault(kotim, budi), upload=sent(bundle(table, files)), at=at)
    told = [(one.row, str(one.message)) for one in refused.value.problems]
    assert [row for row, _words in told] == [4, 5, 6, None]
    assert "tiada.pdf" in told[0][1]
    assert "lebih.pdf" in told[3][1]
    assert not Evidence.objects.exists()


def test_a_wrong_cell_of_the_list_is_named_by_its_row(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    table = HEAD + "perbup.pdf,Perbup,rumour,2025,,\n"
    with pytest.raises(FileRefused) as refused:
        put_bundle(vault=vault(kotim, budi), upload=sent(bundle(table, FILES)), at=at)
    assert refused.value.problems[0].row == 2


@pytest.mark.parametrize(
    "content",
    [
        b"no zip at all",
        bundle("", FILES),
        bundle(TWO, {"a/perbup.pdf": PDF, "b/perbup.pdf": PDF}),
    ],
    ids=["no zip", "no list", "one name twice"],
)
def test_what_is_no_bundle_is_refused(
    kotim: "Region", budi: "Account", at: datetime, content: bytes
) -> None:
    with pytest.raises(FileRefused):
        put_bundle(vault=vault(kotim, budi), upload=sent(content), at=at)


def test_one_s_own_department_alone(
    kotim: "Region", budi: "Account", at: datetime
) -> None:
    mine = vault(kotim, budi, Extent(departments=frozenset({1})))
    with pytest.raises(FileRefused) as refused:
        put_bundle(vault=mine, upload=sent(bundle(TWO, FILES)), at=at)
    assert len(refused.value.problems) == 2


def test_through_the_page(kotim: "Region", budi: "Account") -> None:
    client = Client()
    client.force_login(budi)
    page = "/ruang-kerja/62.02/bukti/bundel/"
    assert client.get(f"{page}daftar.xlsx").content.startswith(b"PK")
    wrong = client.post(page, {"file": sent(bundle(TWO, {"perbup.pdf": PDF}))})
    assert wrong.status_code == 422
    assert "SK.pdf" in wrong.content.decode()
    right = client.post(page, {"file": sent(bundle(TWO, FILES))}, follow=True)
    assert "SK Dewan" in right.content.decode()
