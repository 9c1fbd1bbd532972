"""Addresses: `public` under /daerah/<code>/pajak/, `work` under /ruang-kerja/…/pajak/,
`snap` under /snap/<code>/ for banks and payment services.
"""

from django.urls import URLPattern, path

from habaring.revenue.views import snap as banks

public: list[URLPattern] = []
work: list[URLPattern] = []
_SNAP = {
    "inquiry": "transfer-va/inquiry",
    "payment": "transfer-va/payment",
    "status": "transfer-va/status",
    "reversal": "transfer-va/payment-reversal",
    "notify": "qr/qr-mpm-notify",
    "cancel": "qr/qr-mpm-cancel",
}
snap: list[URLPattern] = [
    path("v1.0/access-token/b2b", banks.token, name="token"),
    *(
        path(f"v1.0/{place}", banks.call, {"path": place}, name=name)
        for name, place in _SNAP.items()
    ),
]
