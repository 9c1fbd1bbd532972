"""Addresses: `public` under /daerah/<code>/pajak/, `work` under /ruang-kerja/…/pajak/,
`snap` under /snap/<code>/ for banks and payment services.
"""

from django.urls import URLPattern, path

from habaring.revenue.views import (
    asking,
    bills,
    books,
    cases,
    claims,
    collectors,
    counter,
    desk,
    figures,
    filing,
    filing_office,
    imports,
    issue,
    lookup,
    mine,
    monthly,
    objects,
    paying,
    phone,
    receipts,
    reconciling,
    register,
    rules,
)
from habaring.revenue.views import partners as partner_pages
from habaring.revenue.views import snap as banks

_NOP = "nop/<str:nop>/"
_BILL = f"{_NOP}<int:year>/"
_LATER = f"{_BILL}<int:seq>/"
_RECEIPT = "resi/<int:serial>/<str:secret>"
public: list[URLPattern] = [
    path("", lookup.home, name="home"),
    path(_NOP, lookup.object_, name="object"),
    path(f"{_NOP}bayar/", paying.put, name="put"),
    path(_BILL, lookup.bill, name="bill"),
    path(f"{_BILL}coba/", lookup.try_out, name="what-if"),
    path(_LATER, lookup.bill, name="bill-later"),
    path(f"{_LATER}coba/", lookup.try_out, name="what-if-later"),
    path("keranjang/", paying.basket, name="basket"),
    path("keranjang/keluarkan/", paying.drop, name="drop"),
    path("bayar/", paying.pay, name="pay"),
    path("bayar/tunai/", paying.where, name="places"),
    path("bayar/<str:token>/", paying.charge, name="charge"),
    path("bayar/<str:token>/qris.png", paying.picture, name="charge-picture"),
    path("resi/", receipts.find, name="receipt-find"),
    path("resi/periksa/", receipts.check, name="receipt-check"),
    path("resi/kunci.pem", receipts.keys, name="receipt-keys"),
    path(f"{_RECEIPT}/", receipts.receipt, name="receipt"),
    path(f"{_RECEIPT}.pdf", receipts.receipt_pdf, name="receipt-pdf"),
    path("saya/", mine.taxes, name="mine"),
    path("saya/tambah/", mine.add, name="mine-add"),
    path("saya/keluarkan/<int:link>/", mine.remove, name="mine-remove"),
    path("saya/bayar/", mine.pay_all, name="mine-pay"),
    path("saya/pengingat/", mine.remind, name="mine-remind"),
    path("saya/tagihan/<int:bill>/", mine.bill, name="mine-bill"),
    path("saya/tagihan/<int:bill>/tanya/", asking.choose, name="ask-choose"),
    path("saya/tagihan/<int:bill>/tanya/<str:kind>/", asking.ask, name="ask"),
    path("saya/permohonan/", asking.cases, name="cases"),
    path("saya/permohonan/<int:case>/", asking.case, name="case"),
    path("saya/permohonan/<int:case>/tambah/", asking.add, name="case-add"),
    path("saya/permohonan/<int:case>/batal/", asking.withdraw, name="case-withdraw"),
    path(
        "saya/permohonan/<int:case>/berkas/<int:upload>/",
        asking.document,
        name="case-document",
    ),
    path("saya/pembayaran-<int:year>.csv", mine.summary, name="mine-summary"),
    path("pengingat/<str:token>/", mine.stop, name="remind-stop"),
    path("sudah-bayar/", claims.claim, name="claim"),
    path("sudah-bayar/cari/", claims.find, name="claim-find"),
    path("sudah-bayar/<str:number>/", claims.follow, name="claim-follow"),
    path("lapor/", filing.mine, name="filings"),
    path("lapor/tautkan/", filing.link, name="filing-link"),
    path("lapor/tautkan/kode/", filing.link_code, name="filing-link-code"),
    path("lapor/objek/<int:object>/", filing.file, name="file"),
    path("lapor/bphtb/", filing.acquire, name="filing-acquire"),
    path("lapor/bphtb/<int:object>/", filing.acquisition, name="filing-acquisition"),
    path("lapor/<int:filing>/", filing.filed, name="filing"),
    path(
        "lapor/<int:filing>/berkas/<int:document>/",
        filing.document,
        name="filing-document",
    ),
    path("validasi/", filing.check, name="validation-check"),
    path("aturan/", rules.public_rules, name="rules"),
    path("aturan/<slug:tax>/", rules.public_rule, name="rule"),
    path("aturan/<slug:tax>.toml", rules.public_rule_file, name="rule-file"),
    path("angka/", figures.page, name="figures"),
    path("angka.<str:form>", figures.table, name="figures-table"),
]
_RUN = "terbit/<int:issue>/"
_VILLAGE = "tagihan/desa/<int:year>/<str:prefix>/"
work: list[URLPattern] = [
    path("", desk.desk, name="desk"),
    path("aturan/", rules.rules, name="rules"),
    path("aturan/usul/", rules.propose, name="propose-rule"),
    path("aturan/<int:rule>/", rules.rule, name="rule"),
    path("aturan/<int:rule>/aturan.toml", rules.rule_file, name="rule-file"),
    path("kelas/", rules.classes, name="classes"),
    path("kelas/unggah/", rules.upload_classes, name="upload-classes"),
    path("kelas/templat.xlsx", rules.classes_template, name="classes-template"),
    path("kelas/semua.<str:form>", rules.classes_file, name="classes-file"),
    path("terbit/", issue.issues, name="issues"),
    path("terbit/siapkan/", issue.prepare, name="prepare-issue"),
    path(_RUN, issue.run, name="issue"),
    path(f"{_RUN}tahan/", issue.held, name="held-bills"),
    path("tagihan/", bills.bills_list, name="bills"),
    path("tagihan/unduh.<str:form>", bills.bills_file, name="bills-file"),
    path("tagihan/<int:bill>/", bills.bill, name="bill"),
    path("tagihan/<int:bill>/sppt.pdf", bills.sheet, name="bill-sheet"),
    path("tagihan/desa/", bills.villages, name="bill-villages"),
    path(f"{_VILLAGE}sppt.pdf", bills.village_sheets, name="village-sheets"),
    path(f"{_VILLAGE}dhkp.pdf", bills.village_list, name="village-list"),
    path(f"{_VILLAGE}dhkp.<str:form>", bills.village_file, name="village-file"),
    path("objek/<int:object>/terbit/", bills.issue_one, name="issue-one"),
]
work += [
    path("wajib-pajak/", register.taxpayers, name="taxpayers"),
    path(
        "wajib-pajak/berkas.<str:form>", register.taxpayers_file, name="taxpayers-file"
    ),
    path("wajib-pajak/cari/", register.find, name="find-taxpayer"),
    path("wajib-pajak/baru/", register.new_taxpayer, name="new-taxpayer"),
    path("wajib-pajak/<int:taxpayer>/", register.taxpayer, name="taxpayer"),
    path(
        "wajib-pajak/<int:taxpayer>/ubah/",
        register.change_taxpayer,
        name="change-taxpayer",
    ),
    path("wajib-pajak/<int:taxpayer>/gabung/", register.merge, name="merge-taxpayers"),
    path("wajib-pajak/<int:taxpayer>/akun/", register.link, name="link-taxpayer"),
    path("wajib-pajak/<int:taxpayer>/lihat/", register.look, name="look-at-taxpayer"),
    path("objek/", objects.objects, name="register"),
    path("objek/berkas.<str:form>", objects.objects_file, name="objects-file"),
    path("objek/baru/<str:tax>/", objects.new_object, name="new-object"),
    path("objek/<int:object>/", objects.obj, name="object"),
    path("objek/<int:object>/ubah/", objects.change_object, name="change-object"),
    path("objek/<int:object>/alih/", objects.transfer, name="transfer-object"),
    path("objek/<int:object>/pecah/", objects.split, name="split-object"),
    path("objek/<int:object>/keadaan/", objects.set_state, name="object-state"),
    path("desa-nop/", objects.nop_places, name="nop-places"),
    path("desa-nop/berkas.<str:form>", imports.places_file, name="nop-places-file"),
    path("impor/", imports.imports, name="imports"),
    path("impor/<int:run>/", imports.one, name="import"),
    path("impor/<int:run>/simpan/", imports.save, name="save-import"),
    path("impor/<int:run>/batal/", imports.cancel, name="cancel-import"),
    path("impor/contoh/<str:kind>.xlsx", imports.blank, name="blank-import"),
    path("lapor/", filing_office.missing, name="filings"),
    path("lapor/berkas.<str:form>", filing_office.missing_file, name="filings-file"),
    path("lapor/masuk/", filing_office.received, name="filings-received"),
    path("lapor/objek/<int:object>/", filing_office.file, name="file"),
    path("lapor/bphtb/", filing_office.acquire, name="filing-acquire"),
    path("lapor/surat/<int:filing>/", filing_office.filed, name="filing"),
    path(
        "lapor/surat/<int:filing>/berkas/<int:document>/",
        filing_office.document,
        name="filing-document",
    ),
    path("lapor/validasi/", filing_office.validations, name="validations"),
    path("lapor/validasi/<int:validation>/", filing_office.validate, name="validate"),
]
_CASE = "permohonan/<int:case>/"
work += [
    path("permohonan/", cases.cases, name="cases"),
    path("permohonan/baru/", cases.start, name="start-case"),
    path("permohonan/baru/<int:bill>/<str:kind>/", cases.enter_case, name="enter-case"),
    path(_CASE, cases.case, name="case"),
    path(f"{_CASE}putus/", cases.decide, name="decide-case"),
    path(f"{_CASE}lengkapi/", cases.more, name="more-case"),
    path(f"{_CASE}berkas/<int:upload>/", cases.document, name="case-document"),
]
_PARTNER = "mitra/<int:partner>/"
work += [
    path("mitra/", partner_pages.partners, name="partners"),
    path("mitra/baru/", partner_pages.new, name="new-partner"),
    path(_PARTNER, partner_pages.partner, name="partner"),
    path(
        f"{_PARTNER}kunci-publik/",
        partner_pages.public_key,
        name="partner-public-key",
    ),
    path(f"{_PARTNER}rahasia/", partner_pages.secret, name="partner-secret"),
    path(
        f"{_PARTNER}kunci/<int:key>/akhiri/",
        partner_pages.end_key,
        name="end-partner-key",
    ),
    path(f"{_PARTNER}henti/", partner_pages.stop, name="stop-partner"),
    path(f"{_PARTNER}uji/", partner_pages.test, name="test-partner"),
]

_DAY = "hari/<str:day>/"
work += [
    path("loket/", counter.counter, name="counter"),
    path("loket/bayar/", counter.take, name="take"),
    path("loket/kuitansi/<str:key>/", counter.receipts, name="counter-receipts"),
    path("loket/kas/", counter.till, name="till"),
    path("loket/batal/<int:serial>/", counter.mistake, name="mistake"),
    path("loket/putusan/<int:finding>/", counter.decide, name="decide-mistake"),
    path("rekonsiliasi/", reconciling.overview, name="reconciling"),
    path("rekonsiliasi/kirim/", reconciling.upload, name="statement-upload"),
    path(
        "rekonsiliasi/berkas/<int:statement>/", reconciling.statement, name="statement"
    ),
    path("rekonsiliasi/temuan/", reconciling.findings, name="findings"),
    path("rekonsiliasi/temuan.<str:form>", books.findings_file, name="findings-file"),
    path("rekonsiliasi/temuan/<int:finding>/", reconciling.finding, name="finding"),
    path("rekonsiliasi/hari/", books.days, name="days"),
    path(f"rekonsiliasi/{_DAY}", books.day, name="day"),
    path(f"rekonsiliasi/{_DAY}total.<str:form>", books.day_file, name="day-file"),
    path(f"rekonsiliasi/{_DAY}tutup.pdf", monthly.paper, name="day-paper"),
    path("buku/", books.trial, name="trial"),
    path("buku/neraca-saldo.<str:form>", books.trial_file, name="trial-file"),
    path("buku/akun/<str:account>/", books.account, name="account"),
    path(
        "buku/akun/<str:account>/buku.<str:form>",
        books.account_file,
        name="account-file",
    ),
    path("buku/pembayaran/<int:serial>/", books.payment, name="payment"),
    path("buku/penerimaan/", books.receipts, name="receipts"),
    path("buku/penerimaan.<str:form>", books.receipts_file, name="receipts-file"),
    path("buku/bulan/", monthly.month, name="month"),
    path("buku/bulan.<str:form>", monthly.month_file, name="month-file"),
    path("buku/piutang/", books.arrears, name="arrears"),
    path("buku/piutang.<str:form>", books.arrears_file, name="arrears-file"),
    path("buku/piutang-terbesar.<str:form>", monthly.largest_file, name="largest-file"),
    path("buku/penagihan.<str:form>", books.collection_file, name="collection-file"),
    path("buku/titipan/", books.strays, name="strays"),
    path("buku/titipan/<int:serial>/", books.take_up, name="take-up"),
]
_DEVICE = "petugas/<int:device>/"
work += [
    path("petugas/", collectors.overview, name="collectors"),
    path("petugas/baru/", collectors.invite, name="invite-collector"),
    path("petugas/berkas/", collectors.receipts_in, name="collector-receipts"),
    path("petugas/sengketa/", collectors.conflicts, name="collector-conflicts"),
    path(
        "petugas/sengketa/<int:slip>/", collectors.conflict, name="collector-conflict"
    ),
    path(_DEVICE, collectors.collector, name="collector"),
    path(f"{_DEVICE}ubah/", collectors.change, name="change-collector"),
    path(f"{_DEVICE}kode/", collectors.new_code, name="collector-code"),
    path(f"{_DEVICE}cabut/", collectors.revoke, name="revoke-collector"),
    path(f"{_DEVICE}setor/", collectors.deposit, name="collector-deposit"),
    path("keliling/", phone.phone, name="phone"),
    path("keliling/pekerja.js", phone.worker, name="phone-worker"),
    path("keliling/keadaan.json", phone.state, name="phone-state"),
    path("keliling/daftarkan/", phone.enrol, name="phone-enrol"),
    path("keliling/kirim/", phone.send, name="phone-send"),
]
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
