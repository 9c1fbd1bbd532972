"""Addresses: `public` under /daerah/<code>/usulan/, `work` under …/dengar/."""

from django.urls import URLPattern, path

from habaring.participation.views import (
    calls,
    discussion,
    moderation,
    proposals,
    proposing,
)

public: list[URLPattern] = [
    path("", calls.calls, name="calls"),
    path("panggilan/<int:call>/", calls.call, name="call"),
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
    path("<int:number>/berhenti/<str:token>/", proposals.stop, name="stop"),
]
work: list[URLPattern] = [
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
]
