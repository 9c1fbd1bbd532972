"""What can be wrong with a file of an election, in sentences, line by line."""

from collections.abc import Mapping

from habaring.engines.counting._values import Problem, Refused

SHOWN = 20
"""How many problems a refusal lists; the others are only counted."""

SENTENCES: Mapping[str, str] = {
    "not_utf8": "is not UTF-8 text",
    "line_too_long": "is longer than {limit} bytes",
    "control_character": "has a control character",
    "quotes": "has quotation marks that do not pair up",
    "outside": "stands before the first section",
    "section_missing": "the section {section} is missing",
    "section_again": "the section {section} comes twice or out of order",
    "column_missing": "the column {column} is missing in {section}",
    "column_again": "the column {column} comes twice",
    "cells": "has {found} cells, the heading has {expected}",
    "key_again": "the key {key} comes twice",
    "key_missing": "the key {key} is missing in META",
    "not_a_count": "{key} is not a whole number: {value}",
    "not_money": "{key} is not an amount: {value}",
    "negative": "{key} is negative: {value}",
    "too_many_digits": "{key} has too many digits: {value}",
    "vote_type": "there is no kind of ballot called {value}",
    "default_score": "a score for projects that a ballot leaves out is not supported",
    "num_projects": "META says {expected} projects, there are {found}",
    "num_votes": "META says {expected} votes, there are {found}",
    "id_missing": "has no id",
    "id_comma": "the id {id} has a comma or line break in it",
    "project_again": "the project {id} comes twice",
    "voter_again": "the voter {id} comes twice",
    "unknown_project": "a vote for the project {id}, which is not in PROJECTS",
    "empty_entry": "the ballot has an empty place",
    "points_missing": "{points} points for {projects} projects",
    "too_long": "the ballot has {found} projects, at most {limit} are allowed",
    "too_short": "the ballot has {found} projects, at least {limit} are asked for",
    "choose_one": "the ballot has {found} projects where one is to be chosen",
    "too_many_points": "the ballot gives {found} points, at most {limit} are allowed",
    "too_few_points": "the ballot gives {found} points, at least {limit} are asked for",
    "twice_in_ballot": "the project {id} stands twice in one ballot; counted once",
    "over_knapsack": "the ballot costs {found}, at most {limit} are allowed; kept",
    "votes_differ": "the column votes says {expected} for {id}, the ballots say {found}",
    "tie_column": "the column tie_order must number all projects from 1",
    "count_key": "{key} is not known: {value}",
    "conflict_unknown": "count_conflicts names {id}, which is not in PROJECTS",
    "budgets_differ": "{key} has {found} amounts for {expected} names",
    "cell_text": "{key} cannot be written into a list: {value}",
    "rows_differ": "the rows of voters are not the ballots that were counted",
}


def problem(code: str, line: int = 0, **params: object) -> Problem:
    """One of `SENTENCES` with its values; `line` counts from 1, 0 is the whole file."""
    told = {name: str(value) for name, value in params.items()}
    words = SENTENCES[code].format(**told)
    return Problem(code, f"line {line}: {words}" if line else words, told, line)


def refused(problems: list[Problem]) -> Refused:
    """The refusal that names the first problems in the order of their lines."""
    found = sorted(problems, key=lambda one: one.line)
    return Refused(tuple(found[:SHOWN]), more=max(0, len(found) - SHOWN))
