"""Which tables are watched: one line a table, and what is never copied from it.

A new model needs a line in `WATCHED`, or one with its reason in `NOT_WATCHED`; a test
names the one that has neither. Triggers follow by themselves with the next migration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.db.models.options import Options


@dataclass(frozen=True)
class Watch:
    """One table.

    `region` is the column with the region's code, "" for a table of the platform, or
    "plan_id>portfolio_plan.region_id": the column of the table that the row belongs to.
    `hidden` columns hold personal data or secrets: that they changed is kept, what they
    held is not. Of `bulky` columns only the SHA-256 is kept. A change of `ignored`
    columns alone (clocks, counters) is no change.
    """

    model: str
    label: str | Promise
    region: str = "region_id"
    hidden: tuple[str, ...] = ()
    bulky: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()

    @cached_property
    def _meta(self) -> "Options[Any]":
        found: Options[Any] = apps.get_model(self.model)._meta
        return found

    @property
    def table(self) -> str:
        return self._meta.db_table

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(field.column for field in self._meta.concrete_fields)

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a row inside its region."""
        found = [field.column for field in self._meta.pk_fields]
        return tuple(one for one in found if len(found) == 1 or one != self.region)


WATCHED: tuple[Watch, ...] = (
    Watch("shared.Upload", _("uploaded file"), "region_code"),
    Watch("regions.Region", _("region"), "code"),
    Watch("regions.Department", _("department")),
    Watch("regions.FiscalYear", _("budget year")),
    Watch("regions.BudgetFigure", _("budget figure")),
    Watch("regions.Boundary", _("boundary"), bulky=("polygons",)),
    Watch(
        "people.Account",
        _("account"),
        "",
        hidden=("password", "email", "phone", "full_name"),
        ignored=("last_login",),
    ),
    Watch("people.Role", _("role"), ""),
    Watch("people.Membership", _("role of a person")),
    Watch(
        "people.Invitation",
        _("invitation"),
        hidden=("token_hash", "email", "full_name"),
    ),
    Watch("posts.Post", _("post")),
    Watch("posts.Holding", _("holder of a post"), "post_id>posts_post.region_id"),
    Watch("council.Council", _("council")),
    Watch("council.Decision", _("decision")),
    Watch("assessment.Framework", _("framework"), ""),
    Watch("assessment.Dimension", _("dimension"), ""),
    Watch("assessment.DimensionAlias", _("other name of a dimension"), ""),
    Watch("assessment.Crosswalk", _("link between frameworks"), ""),
    Watch("assessment.Indicator", _("indicator"), ""),
    Watch("assessment.FrameworkIndicator", _("indicator of a framework"), ""),
    Watch("assessment.Target", _("target")),
    Watch("assessment.Observation", _("number")),
    Watch(
        "assessment.IndexEdition",
        _("index edition"),
        bulky=("table_csv", "framework_toml", "record"),
    ),
    Watch("portfolio.Candidate", _("candidate programme")),
    Watch("portfolio.LimitSet", _("set of limits"), bulky=("toml",)),
    Watch(
        "portfolio.Scenario",
        _("scenario"),
        bulky=(
            "candidate_ids",
            "candidates_csv",
            "limits_toml",
            "record",
            "frontier",
            "conflict",
        ),
        ignored=("progress",),
    ),
    Watch("portfolio.Plan", _("plan")),
    Watch(
        "portfolio.PlanItem", _("funded programme"), "plan_id>portfolio_plan.region_id"
    ),
    Watch("exchange.Practice", _("practice")),
    Watch(
        "exchange.PracticeVersion",
        _("version of a practice"),
        hidden=("contact_address",),
        ignored=("words",),
    ),
    Watch("exchange.Adoption", _("adopted practice")),
    Watch("exchange.SurvivalCheck", _("yearly check of an adoption")),
    Watch("exchange.Thanks", _("thanks for a practice")),
    Watch("exchange.Question", _("question between regions")),
    Watch("exchange.Answer", _("answer between regions")),
    Watch("exchange.MentorOffer", _("offer to guide other regions")),
    Watch("exchange.Meeting", _("visit or mentoring")),
    Watch("exchange.MeetingStep", _("step of a visit")),
    Watch("workshop.Room", _("workshop"), hidden=("code",)),
    Watch("workshop.Table", _("table of a workshop")),
    Watch("workshop.Board", _("board of a workshop")),
    Watch("workshop.Carried", _("result that was carried on")),
    Watch("masterplan.DevelopmentPlan", _("development plan")),
    Watch(
        "masterplan.Mission",
        _("mission"),
        "development_plan_id>masterplan_developmentplan.region_id",
    ),
    Watch("masterplan.BookTemplate", _("set of books"), bulky=("toml",)),
    Watch("masterplan.Section", _("section")),
    Watch("masterplan.Edition", _("edition of the books"), bulky=("record",)),
    Watch("masterplan.ReadinessScore", _("answer about readiness")),
    Watch("masterplan.SwotItem", _("item of SWOT")),
    Watch("masterplan.StrategicIssue", _("priority issue")),
    Watch("masterplan.Gap", _("gap")),
    Watch("masterplan.Strategy", _("strategy")),
    Watch("masterplan.Citation", _("what a strategy rests on")),
    Watch("masterplan.Aim", _("aim of the smart city")),
    Watch(
        "masterplan.PlanTarget",
        _("target of an RPJMD"),
        "development_plan_id>masterplan_developmentplan.region_id",
    ),
    Watch("masterplan.Alignment", _("line of the map to an RPJMD")),
    Watch("masterplan.ReleasedPart", _("part opened to the public")),
    Watch("masterplan.SignOff", _("sign-off of a section")),
    Watch("masterplan.Consultation", _("consultation")),
    Watch("masterplan.DraftSection", _("section of a draft"), bulky=("blocks",)),
    Watch("masterplan.Remark", _("remark on a draft"), hidden=("text", "author_name")),
    Watch(
        "masterplan.EditionFile",
        _("file of an edition"),
        "edition_id>masterplan_edition.region_id",
    ),
    Watch("people.Register", _("register of those entitled")),
    Watch(
        "people.RegisterEntry",
        _("entry of a register"),
        hidden=("number_hash", "name_hash", "name_masked"),
    ),
    Watch(
        "people.Directory",
        _("directory of accounts"),
        hidden=("sealed_secret",),
    ),
    Watch("posts.Charge", _("responsibility of a post")),
    Watch("posts.HandOver", _("hand-over")),
    Watch(
        "posts.HandOverItem",
        _("item of a hand-over"),
        "handover_id>posts_handover.region_id",
    ),
    Watch("privacy.Purpose", _("purpose of personal data"), ""),
    Watch("privacy.RetentionRule", _("retention rule"), ""),
    Watch("privacy.Consent", _("consent"), "region_code"),
    Watch(
        "privacy.Identity",
        _("identity data"),
        "region_code",
        hidden=(
            "nik_sealed",
            "nik_hash",
            "nik_masked",
            "key",
            "name_on_card",
            "birth_on",
        ),
    ),
    Watch(
        "privacy.Look", _("look at personal data"), "region_code", hidden=("reason",)
    ),
    Watch(
        "privacy.DataRequest",
        _("request about personal data"),
        "region_code",
        hidden=("wish", "proof", "answer"),
    ),
    Watch("privacy.ExportFile", _("copy of personal data"), "region_code"),
    Watch("privacy.DeletionEntry", _("line of the deletion register"), "region_code"),
    Watch("privacy.Breach", _("breach of personal data"), "region_code"),
    Watch("privacy.BreachEntry", _("step after a breach"), "region_code"),
    Watch("council.Instrument", _("legal document")),
    Watch(
        "council.Seat",
        _("seat"),
        "body_id>council_council.region_id",
        hidden=("person_name",),
    ),
    Watch("council.SeatContact", _("how to reach a seat"), hidden=("email",)),
    Watch("council.Meeting", _("meeting"), bulky=("record",)),
    Watch(
        "council.AgendaItem",
        _("item of an agenda"),
        "meeting_id>council_meeting.region_id",
    ),
    Watch(
        "council.Summons",
        _("invitation to a meeting"),
        hidden=("substitute_name", "substitute_institution", "note"),
    ),
    Watch(
        "council.Attendance", _("attendance"), hidden=("name", "institution", "note")
    ),
    Watch("council.Minutes", _("minutes"), bulky=("text",)),
    Watch(
        "council.MinutesApproval",
        _("approval of minutes"),
        "meeting_id>council_meeting.region_id",
    ),
    Watch(
        "council.DecisionSubject",
        _("what a decision is for"),
        "decision_id>council_decision.region_id",
    ),
    Watch("council.Task", _("follow-up")),
    Watch(
        "council.CalendarKey", _("address of a calendar"), "", hidden=("token_hash",)
    ),
    Watch(
        "api.ApiToken",
        _("key for programs"),
        hidden=("prefix", "secret_hash"),
        ignored=("last_used_at", "uses"),
    ),
    Watch(
        "api.WebhookSubscription",
        _("messages to another program"),
        hidden=("secret", "old_secret"),
        ignored=("cursor", "attempts", "failing_since", "next_try_at"),
    ),
    Watch("participation.Call", _("call")),
    Watch(
        "participation.Proposal",
        _("proposal"),
        hidden=("author_name", "latitude", "longitude"),
        bulky=("problem", "idea"),
    ),
    Watch("participation.Author", _("co-author of a proposal"), hidden=("name",)),
    Watch("participation.Photo", _("picture of a proposal")),
    Watch("participation.Lineage", _("merging or splitting of proposals")),
    Watch("participation.Check", _("technical check")),
    Watch("participation.Step", _("step of a proposal"), bulky=("text",)),
    Watch(
        "participation.Comment",
        _("contribution to a discussion"),
        hidden=("author_name",),
        bulky=("text",),
    ),
    Watch("participation.Moderation", _("moderation")),
    Watch("participation.Appeal", _("appeal"), bulky=("text",)),
    Watch("participation.Vote", _("vote"), ignored=("locked_at",)),
    Watch("participation.Option", _("project on a ballot")),
    Watch("participation.PaperBatch", _("list of paper ballots")),
    Watch(
        "participation.Count",
        _("count of a vote"),
        bulky=("ballots", "record", "beside", "told"),
    ),
    Watch("participation.Override", _("result changed by the council")),
    Watch(
        "revenue.Taxpayer",
        _("taxpayer"),
        hidden=(
            "name",
            "name_masked",
            "nik_sealed",
            "nik_hash",
            "nik_masked",
            "contact_sealed",
            "address",
        ),
    ),
    Watch("revenue.TaxObject", _("tax object"), hidden=("address",)),
    Watch("revenue.Partner", _("bank or payment service")),
    Watch(
        "revenue.PartnerKey",
        _("key of a bank or payment service"),
        hidden=("sealed",),
        bulky=("pem",),
    ),
    Watch("revenue.TaxRule", _("tax rule"), bulky=("text",)),
    Watch("revenue.ValueClass", _("value class")),
    Watch("revenue.Issue", _("year's run of bills")),
    Watch("revenue.NopPlace", _("village of a NOP")),
    Watch(
        "revenue.RegisterImport",
        _("file for the register"),
        bulky=("problems",),
        ignored=("done", "rows"),
    ),
    Watch(
        "revenue.Case",
        _("request about a bill"),
        bulky=("reason", "decision", "asked", "proposal"),
    ),
    Watch("revenue.Instalment", _("part of a bill")),
    Watch("revenue.WaiverProgramme", _("waiver of interest"), bulky=("decision",)),
    Watch(
        "revenue.CollectionLetter",
        _("letter about a debt"),
        bulky=("note", "reason"),
    ),
    Watch("revenue.WriteOff", _("write-off of debts"), bulky=("reason", "decision")),
    Watch("revenue.WriteOffBill", _("debt that is written off")),
    Watch("revenue.Filing", _("tax return"), bulky=("reason",)),
    Watch("revenue.TapReading", _("turnover a device counted")),
    Watch("revenue.Statement", _("file of a bank"), bulky=("counts", "settles")),
    Watch("revenue.Finding", _("finding of the reconciliation")),
    Watch(
        "revenue.Device",
        _("telephone of a collector"),
        hidden=("code_hash",),
        ignored=("synced_at",),
    ),
    Watch("revenue.DeviceVillage", _("village of a collector")),
    Watch("revenue.Slip", _("receipt of a collector")),
    Watch("revenue.Deposit", _("deposit of a collector")),
    Watch(
        "revenue.Claim",
        _("report of a missing payment"),
        hidden=("contact_sealed",),
        bulky=("told",),
    ),
    Watch("revenue.Validation", _("validation for a notary"), hidden=("notary",)),
    Watch("guidance.Cohort", _("cohort"), ""),
    Watch("guidance.Enrolment", _("place of a region in a cohort")),
    Watch("guidance.Application", _("application for a cohort"), bulky=("statement",)),
    Watch("guidance.Mentorship", _("guidance by a mentor")),
    Watch("guidance.Stage", _("stage of a cohort"), ""),
    Watch("guidance.AssignmentTemplate", _("assignment of a stage"), ""),
    Watch("guidance.Sitting", _("days of a stage")),
    Watch(
        "guidance.Participant",
        _("participant"),
        hidden=("name", "institution", "role"),
    ),
    Watch("guidance.Assignment", _("work of a region")),
    Watch("guidance.Submission", _("version handed in"), bulky=("note", "reason")),
    Watch("guidance.Remark", _("remark of a mentor"), bulky=("text", "answer")),
    Watch("evidence.Evidence", _("evidence"), bulky=("note",)),
    Watch("evidence.Link", _("what evidence proves")),
    Watch(
        "evaluation.Instrument", _("instrument of an evaluation"), "", bulky=("toml",)
    ),
    Watch("evaluation.Round", _("round of an evaluation"), ""),
    Watch("evaluation.Entry", _("region in an evaluation")),
    Watch("evaluation.Answer", _("answer of a self-assessment"), bulky=("note",)),
    Watch(
        "evaluation.Assessor", _("assessor"), "", hidden=("institution", "expertise")
    ),
    Watch("evaluation.ConflictGround", _("tie of an assessor"), "", hidden=("note",)),
    Watch("evaluation.Result", _("result of an evaluation")),
    Watch("evaluation.Finding", _("finding of an evaluation"), bulky=("text",)),
    Watch("evaluation.Appeal", _("appeal against a result"), bulky=("reason",)),
    Watch("evaluation.AwardRule", _("method of an award"), ""),
    Watch("evaluation.Award", _("award")),
    Watch("history.Redaction", _("redaction"), "region_code"),
    # tables of packages that decide who gets in
    Watch(
        "mfa.Authenticator",
        _("second step"),
        "",
        hidden=("data",),
        ignored=("last_used_at",),
    ),
    Watch("account.EmailAddress", _("mail address"), "", hidden=("email",)),
    Watch(
        "socialaccount.SocialAccount",
        _("account of a directory"),
        "",
        hidden=("uid", "extra_data"),
        ignored=("last_login",),
    ),
    Watch("writing.Document", _("text written together")),
    Watch("writing.Comment", _("comment on a paragraph"), bulky=("text",)),
    Watch("writing.Suggestion", _("suggestion"), bulky=("before", "text")),
)

_FROZEN = "copied from the edition, whose record and hash are watched"
_ITSELF = "part of the history itself: appended only, and sealed"
_BALLOT_BOX = (
    "a history with times would join who voted to what was voted; sealed files count"
)
_BLIND = (
    "no reader may know of another; what is handed in never changes, and each step is in"
    " the platform's trail"
)
NOT_WATCHED: Mapping[str, str] = {
    "shared.AuditEntry": _ITSELF,
    "history.Change": _ITSELF,
    "history.Seal": "each leans on the one before, and can be computed again",
    "assessment.EditionScore": _FROZEN,
    "assessment.EditionValue": _FROZEN,
    "assessment.Publication": "a job: what it leads to is watched",
    "shared.Limit": "a counter of tries",
    "participation.ProposalWords": "made of the proposal by a trigger",
    "workshop.Participant": "no account, and a name that is soon forgotten",
    "workshop.Group": "each change is an event of the workshop, which only grows",
    "workshop.Note": "each wording is a revision, each change an event: both only grow",
    "workshop.NoteRevision": "only appended",
    "workshop.Dot": "secret; fixed once the result is shown",
    "workshop.Event": "only appended",
    "participation.ProposalFollow": "a person's own wish to be written to",
    "masterplan.SwotVote": "a person's own sign beside an item; the sum is shown",
    "revenue.Token": "gone in a quarter of an hour; what is done with it is kept",
    "revenue.Call": "a log of what partners called, appended with each payment",
    "revenue.RefusedCalls": "a counter of calls that were turned away",
    "revenue.Bill": (
        "a year's run writes a million at once; each later change is in the audit trail,"
        " a change of what is owed in the ledger too"
    ),
    "revenue.IssuePart": "how far a run is, and what its bills come to",
    "revenue.DeductionElsewhere": "made of the register when a run is prepared",
    "revenue.Payment": "the ledger itself: reversed or moved, never changed",
    "revenue.Posting": "the ledger itself: only appended",
    "revenue.ReceiptKey": "only appended, and published",
    "revenue.DayClose": "only appended, and held against the ledger",
    "revenue.StatementLine": "only appended, with its file",
    "revenue.FindingNote": "only appended",
    "revenue.CashUp": "only appended",
    "revenue.Charge": "an amount asked for, made once and never changed",
    "revenue.FamilyLink": "a person's own list of what they pay for",
    "revenue.Holding": "appended only, with who and when: a history itself",
    "revenue.ObjectLineage": "appended only, with who and when: a history itself",
    "revenue.FilingDocument": "appended only; the file is kept by its hash",
    "revenue.Reminder": "letters that were sent",
    "revenue.ReminderWish": "a person's own wish to be written to",
    "participation.Flag": "what a moderator did after it is watched",
    "participation.Told": "letters that were sent",
    "participation.Voter": _BALLOT_BOX,
    "participation.Ballot": _BALLOT_BOX,
    "guidance.AgendaItem": "written anew with each change of the programme, which is told",
    "guidance.Speaker": "written anew with each change of the programme, which is told",
    "guidance.Attendance": "only appended, or taken back on the list; the count is told",
    "guidance.SubmissionPiece": "frozen with its hash, and never changed",
    "people.Challenge": "a one-time code, gone in minutes; what it opened is audited",
    "people.Follow": "a person's own wish to be written to",
    "people.News": "letters that wait to be sent",
    "posts.Reminder": "letters that were sent",
    "privacy.DormancyNotice": "letters that were sent",
    "evidence.Verdict": "only appended, with who, when and why: a history itself",
    "evaluation.Reading": _BLIND,
    "evaluation.Mark": _BLIND,
    "evaluation.Remark": _BLIND,
    "writing.Update": "only appended, with who and when: a history itself",
    "writing.Snapshot": "the sum of the updates, made anew from them",
    "writing.Pen": "whose a client of Yjs is; only appended",
    "writing.Version": "only appended, with its hash",
    "api.KeptAnswer": "answers kept for a program that asks twice",
    "api.EventCounter": "a counter",
    "api.Event": "made of the audit trail, appended only",
    "api.Delivery": "a log of what was tried",
}


def by_table() -> dict[str, Watch]:
    """The watched tables, by their names in the database."""
    return {watch.table: watch for watch in WATCHED}


def label_of(kind: str) -> str | Promise:
    """The word for a model ("portfolio.plan") or a table; the name itself otherwise."""
    for watch in WATCHED:
        if kind.lower() in (watch.model.lower(), watch.table):
            return watch.label
    return kind
