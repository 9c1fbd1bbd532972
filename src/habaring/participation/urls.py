"""Addresses: `public` under /daerah/<code>/usulan/, `work` under …/dengar/."""

from django.urls import URLPattern, path, register_converter

from habaring.participation.views import (
    calls,
    casting,
    checks,
    discussion,
    entering,
    moderation,
    office,
    paper,
    proposals,
    proposing,
    results,
    voting,
)


class CountPlace:
    """What was counted on its own: the whole vote, or a district by its code."""

    regex = r"semua|\d{2}(?:\.\d{2}){1,2}(?:\.\d{4})?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CountPlace, "place")

_RESULT = "suara/<int:vote>/hasil/"
_COUNT = f"{_RESULT}<place:place>/"
results_public = [
    path("check_count.py", results.checker, name="checker"),
    path(_RESULT, results.result, name="result"),
    path(_COUNT, results.place, name="result-place"),
    path(f"{_COUNT}putaran/", results.rounds, name="result-rounds"),
    path(f"{_COUNT}putaran/<int:number>/", results.one_round, name="result-round"),
    path(f"{_COUNT}proyek/<str:option>/", results.project, name="result-project"),
    path(f"{_COUNT}suara.pb", results.ballots_file, name="result-ballots"),
    path(f"{_COUNT}hasil.json", results.record_file, name="result-record"),
    path(f"{_COUNT}pembanding.json", results.beside_file, name="result-beside"),
    path(f"{_COUNT}proyek.<str:form>", results.projects_file, name="result-projects"),
    path(
        f"{_COUNT}gambar/<slug:key>.<str:kind>", results.picture, name="result-picture"
    ),
]
results_work = [
    path("suara/<int:vote>/tutup/", results.close, name="close-vote"),
    path("suara/<int:vote>/hitung/", results.counting, name="counting"),
    path("suara/<int:vote>/putusan/<place:place>/", results.override, name="override"),
]
public: list[URLPattern] = [
    *results_public,
    path("", calls.calls, name="calls"),
    path("panggilan/<int:call>/", calls.call, name="call"),
    path("panggilan/<int:call>/lembar.pdf", paper.proposal_sheet, name="call-sheet"),
    path("panggilan/<int:call>/usul/", proposing.propose, name="propose"),
    path("usulan.<str:form>", calls.proposals_file, name="proposals-file"),
    path("saya/", proposing.mine, name="mine"),
    path("rancangan/<int:number>/buang/", proposing.drop_draft, name="drop-draft"),
    path("rancangan/<int:number>/<str:page>/", proposing.draft, name="draft"),
    path("<int:number>/", proposals.proposal, name="proposal"),
    path("<int:number>/foto/<int:photo>/", proposals.photo, name="photo"),
    path("<int:number>/ikuti/", proposals.follow, name="follow"),
    path("<int:number>/dukung/", proposals.support, name="support"),
    path("<int:number>/tarik/", proposals.withdraw, name="withdraw"),
    path("<int:number>/penulis/", proposals.coauthors, name="coauthors"),
    path("<int:number>/penulis/keluar/", proposals.leave, name="leave"),
    path("<int:number>/penulis/<str:token>/", proposals.join, name="join"),
    path("<int:number>/diskusi/", discussion.discussion, name="discussion"),
    path("<int:number>/diskusi/tulis/", discussion.write, name="comment"),
    path("<int:number>/diskusi/<int:key>/", discussion.thread, name="thread"),
    path(
        "<int:number>/diskusi/<int:key>/ubah/",
        discussion.change,
        name="comment-change",
    ),
    path(
        "<int:number>/diskusi/<int:key>/tarik/",
        discussion.withdraw,
        name="comment-withdraw",
    ),
    path("<int:number>/lapor/", discussion.flag, name="flag"),
    path("tulisan-saya/", moderation.my_words, name="my-words"),
    path("banding/<int:key>/", moderation.make_appeal, name="appeal"),
    path("moderasi/", moderation.record, name="moderation-record"),
    path("suara/<int:vote>/", voting.vote, name="vote"),
    path("suara/<int:vote>/aturan.json", voting.rules_file, name="vote-rules"),
    path("suara/<int:vote>/pilih/", casting.cast, name="cast"),
    path("suara/<int:vote>/ubah/", casting.change, name="change-ballot"),
    path("suara/<int:vote>/periksa/", casting.check, name="check-ballot"),
    path("<int:number>/berhenti/<str:token>/", proposals.stop, name="stop"),
]
work: list[URLPattern] = [
    *results_work,
    path("", calls.desk, name="desk"),
    path("panggilan/", calls.work_calls, name="calls"),
    path("panggilan/baru/", calls.new_call, name="new-call"),
    path("panggilan/<int:call>/", calls.work_call, name="call"),
    path("panggilan/<int:call>/ubah/", calls.edit_call, name="edit-call"),
    path("panggilan/<int:call>/buka/", calls.open_call, name="open-call"),
    path("panggilan/<int:call>/tutup/", calls.close_call, name="close-call"),
    path("panggilan/<int:call>/batal/", calls.cancel_call, name="cancel-call"),
    path("moderasi/", moderation.queue, name="moderation"),
    path("moderasi/banding/", moderation.appeals, name="appeals"),
    path("moderasi/banding/<int:key>/", moderation.appeal, name="appeal"),
    path("moderasi/<str:kind>/<int:key>/", moderation.item, name="moderation-item"),
    path("usulan/", office.proposals, name="proposals"),
    path("usulan/unduh.<str:form>", office.proposals_file, name="proposals-file"),
    path("usulan/<int:number>/", office.proposal, name="proposal"),
    path("usulan/<int:number>/gabung/", office.merge, name="merge"),
    path("usulan/<int:number>/lepas/", office.take_back, name="take-back-merge"),
    path("usulan/<int:number>/pecah/", office.split, name="split"),
    path("usulan/<int:number>/teruskan/", office.pass_on, name="pass-on"),
    path("periksa/", checks.checks, name="checks"),
    path("periksa/minta/", checks.ask, name="ask-checks"),
    path("periksa/<int:check>/", checks.check, name="check"),
    path("periksa/<int:check>/batal/", checks.take_back, name="take-back-check"),
    path("masukkan/", entering.enter_proposal, name="enter"),
    path("masukkan/unggah/", entering.upload, name="enter-upload"),
    path("masukkan/templat.xlsx", entering.template, name="enter-template"),
    path("masukkan/<int:number>/", entering.correct, name="enter-correct"),
    path("suara/", voting.votes, name="votes"),
    path("suara/<int:vote>/", voting.room, name="vote"),
    path("suara/<int:vote>/kertas/", paper.room, name="paper"),
    path(
        "suara/<int:vote>/kertas/<int:batch>/surat-suara.pdf",
        paper.sheets,
        name="paper-sheets",
    ),
    path(
        "suara/<int:vote>/kertas/daftar-hadir.pdf",
        paper.attendance,
        name="paper-attendance",
    ),
    path(
        "suara/<int:vote>/kertas/pemilih.xlsx",
        paper.voters_template,
        name="paper-voters-template",
    ),
    path(
        "suara/<int:vote>/kertas/lembar.xlsx",
        paper.ballots_template,
        name="paper-ballots-template",
    ),
    path("suara/<int:vote>/ubah/", voting.edit, name="edit-vote"),
    path("suara/<int:vote>/pratinjau/", voting.preview, name="preview-vote"),
    path("suara/<int:vote>/terbit/", voting.publish, name="publish-vote"),
    path("suara/<int:vote>/perpanjang/", voting.extend, name="extend-vote"),
    path("suara/<int:vote>/batal/", voting.cancel, name="cancel-vote"),
    path("suara/<int:vote>/buang/", voting.drop, name="drop-vote"),
    path("panggilan/<int:call>/suara/baru/", voting.new_vote, name="new-vote"),
]
