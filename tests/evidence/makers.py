"""Files of the vault with sensible values."""

from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from habaring.evidence import actions
from habaring.evidence.models import Evidence
from habaring.people.models import Account
from habaring.regions.models import Region
from habaring.shared.uploads import DOCUMENTS, AcceptedFile, accept

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def paper(name: str = "bukti.pdf", words: str = "") -> AcceptedFile:
    """A PDF whose bytes hang on `words`."""
    content = PDF + b"% " + words.encode()
    return accept(SimpleUploadedFile(name, content, "application/pdf"), DOCUMENTS)


def evidence(region: Region, by: Account | None, at: datetime, **more: Any) -> Evidence:
    """One regulation in the vault."""
    details = {
        key: more.pop(key)
        for key in list(more)
        if key in actions.Details.__dataclass_fields__
    }
    title = more.pop("title", "Perbup Masterplan")
    upload = more.pop("upload", None) or paper(words=title)
    return actions.put(
        by=by,
        at=at,
        region=region,
        upload=upload,
        kind=more.pop("kind", "regulation"),
        title=title,
        details=actions.Details(**details),
        **more,
    )
