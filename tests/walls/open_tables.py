"""Tables without row-level security, each with its reason."""

PUBLIC = "anyone may read it: a public number, a fact or a decision"
SIGN_IN = "needed before anybody is known: sign-in, roles and their places"
PLATFORM = "the platform's own: no region's rows"
TRACE = "append-only trace; read behind see_audit, without personal data"

OPEN: dict[str, str] = {
    "assessment_crosswalk": PUBLIC,
    "assessment_dimension": PUBLIC,
    "assessment_dimensionalias": PUBLIC,
    "assessment_editionscore": PUBLIC,
    "assessment_editionvalue": PUBLIC,
    "assessment_framework": PUBLIC,
    "assessment_frameworkindicator": PUBLIC,
    "assessment_indexedition": PUBLIC,
    "assessment_indicator": PUBLIC,
    "assessment_observation": PUBLIC,
    "assessment_publication": PUBLIC,
    "assessment_target": PUBLIC,
    "council_council": PUBLIC,
    "council_decision": PUBLIC,
    "history_change": "protected by policies of its own: only its trigger writes it",
    "history_redaction": TRACE,
    "history_seal": PUBLIC,
    "masterplan_booktemplate": PUBLIC,
    "masterplan_developmentplan": PUBLIC,
    "masterplan_edition": PUBLIC,
    "masterplan_editionfile": PUBLIC,
    "masterplan_mission": PUBLIC,
    "people_account": SIGN_IN,
    "people_invitation": SIGN_IN,
    "people_membership": SIGN_IN,
    "people_role": SIGN_IN,
    "portfolio_plan": PUBLIC,
    "portfolio_planitem": PUBLIC,
    "posts_charge": PUBLIC,
    "posts_holding": SIGN_IN,
    "posts_post": SIGN_IN,
    "regions_boundary": PUBLIC,
    "regions_budgetfigure": PUBLIC,
    "regions_department": PUBLIC,
    "regions_fiscalyear": PUBLIC,
    "regions_region": PUBLIC,
    "shared_auditentry": TRACE,
    "shared_limit": PLATFORM,
    "shared_upload": TRACE,
}
