"""What `exchange` holds about people: who wrote, adopted, asked and answered."""

from django.utils.translation import gettext_lazy as _

from habaring.shared.holdings import deeds

deeds(
    "exchange",
    _("Practices, adoptions, questions and visits you recorded"),
    "exchange.Practice.begun_by",
    "exchange.PracticeVersion.changed_by",
    "exchange.Adoption.adopted_by",
    "exchange.SurvivalCheck.answered_by",
    "exchange.Thanks.by",
    "exchange.Question.by",
    "exchange.Answer.by",
    "exchange.MentorOffer.opened_by",
    "exchange.Meeting.asked_by",
    "exchange.MeetingStep.by",
)
