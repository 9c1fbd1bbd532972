"""Recounts a published vote without Habaring: python3 check_count.py FILE.pb AUDIT.json"""

import csv
import json
import re
import sys
from collections import Counter
from fractions import Fraction as F

text, audit = (open(name, encoding="utf-8-sig").read() for name in sys.argv[1:3])
parts = re.split(r"^(?:META|PROJECTS|VOTES)\n", text, flags=re.M)[1:]
meta, rows, cast = (list(csv.DictReader(p.split("\n"), delimiter=";")) for p in parts)
audit, never = json.loads(audit), float("inf")
rule, done, limits = audit["rule"], audit["completion"], audit["limits"]
if rule in ("phragmen", "max-welfare") or limits["categories"] or limits["districts"]:
    sys.exit("This checks equal shares and greedy, without budgets of categories.")
cost = {row["project_id"]: F(row["cost"]) for row in rows}
budget = F(next(row["value"] for row in meta if row["key"] == "budget"))
backers, few = {p: [] for p in cost}, max(1, limits["minimum_votes"])
groups = Counter((row["vote"], row.get("points")) for row in cast)
for b, ((vote, points), n) in enumerate(groups.items()):
    said, given = {}, points.split(",") if points else [1] * (1 + vote.count(","))
    for p, value in zip(vote.split(",") if vote else (), given):
        said.setdefault(p, F(value))  # of a repetition the first counts
    for at, p in enumerate(p for p in said if said[p]):
        by = {"cost": cost[p], "cardinality": 1, "score": said[p]}
        by |= {"borda": len(said) - at - 1, "borda-1": len(said) - at}
        backers[p].append((b, n, by[audit["measure"]]))
votes = {p: sum(n for _, n, _ in backers[p]) for p in cost}
worth = {p: sum(n * u for _, n, u in backers[p]) for p in cost}
order, kind = audit["tie_order"], audit["measure"]
for tie in reversed(audit["ties"]):
    order.sort(key={"max_votes": votes}.get(tie, cost).get, reverse="max" in tie)
part = [p for p in order if votes[p] >= few and cost[p] <= budget]
each = {p: {"cost": cost[p], "cardinality": 1}.get(kind, 0) for p in cost}


def free(won, left=budget):  # what may still be added
    rivals = {p for some in limits["conflicts"] if {*some} & {*won} for p in some}
    return [p for p in part if p not in rivals | {*won} and cost[p] <= left]


def rate(p, money):  # what its supporters would pay for a unit of what it is worth
    left, weight = cost[p], worth[p]
    for most, n, u in sorted((money[b] / u, n, u) for b, n, u in backers[p] if u):
        if left <= most * weight:
            return left / weight
        left, weight = left - n * u * most, weight - n * u
    return never


def shares(won, told, x):
    money, least = [x] * len(groups), dict.fromkeys(part, 0)
    while near := free(won):
        best = never
        for p in sorted(near, key=least.get):  # rates only grow: most need no look
            least[p] = rate(p, money) if least[p] <= best else least[p]
            best = min(best, least[p])
        if best == never:
            break
        p = next(p for p in near if least[p] == best)
        won.append(p)
        told.append((p, best, best * each[p]))
        for b, _, u in backers[p]:
            money[b] = max(F(0), money[b] - best * u)
    return budget - sum(cost[p] for p in won)


won, told, left, wrong = [], [], budget, []
for p in part:
    won += [p] * (not cost[p] and p in free(won))
if rule == "equal-shares":
    gift, x = won.copy(), budget / max(1, len(cast)) + audit["steps"]
    left = shares(won, told, x)
    more = "add1" in done and free(won, budget if "over" in done else left)
    wrong = ["add1 stopped early"] * bool(more and shares(gift, [], x + 1) >= 0)
for p in sorted(part, key=lambda p: -worth[p] / (cost[p] or 1)):
    if "greedy" in rule + done and worth[p] and p in free(won, left):
        left -= cost[p]
        won.append(p)
        told.append((p, worth[p] / cost[p], 0))
ours = dict(enumerate(told)) | {p: (votes[p], cost[p], p in won) for p in cost}
said = {p: (s["votes"], F(s["cost"]), s["won"]) for p, s in audit["projects"].items()}
for at, r in enumerate(audit["rounds"]):
    said[at] = (r["project"], F(r["rate"]), F(r["price"] or 0))
ours |= {"winners": won, "left": left, "budget": budget}
said |= {"winners": audit["winners"]} | {k: F(audit[k]) for k in ("left", "budget")}
differ = [key for key in ours | said if ours.get(key) != said.get(key)]
wrong += [f"{key}: {ours.get(key)}, published {said.get(key)}" for key in differ]
sys.exit("\n".join(wrong) or print("The same winners, order and prices."))
