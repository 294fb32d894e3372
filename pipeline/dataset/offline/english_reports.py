"""English templates of what reports ask: shares, periods, tops over joins, comparisons, what is not there."""

from __future__ import annotations

JOINED: dict[str, tuple[str, ...]] = {
    "most_and_count": (
        "[which|what] {g} has the most {nps}, and how many",
        "[which|what] {g} has the most {nps} and how many are there",
        "the {g} with the most {nps}, with the number of them",
    ),
    "most_and_sum": (
        "[which|what] {g} has the highest total {a} of {nps}, and how much is it",
        "the {g} with the highest total {a} of {nps}, with that total",
    ),
    "top_count": (
        "top {v} {gs} by number of {nps}",
        "the {v} {gs} with the most {nps}",
        "[which|what] {v} {gs} have the most {nps}",
        "[list|show me|give me] the {v} {gs} with the most {nps}",
    ),
    "top_sum": (
        "top {v} {gs} by total {a} of {nps}",
        "[what are |]the {v} {gs} with the highest total {a} of {nps}",
        "[which|what] {v} {gs} have the highest total {a} of {nps}",
    ),
    "top_count_with": (
        "top {v} {gs} by number of {nps}, with the number",
        "[which|what] {v} {gs} have the most {nps}, and how many does each have",
    ),
    "top_sum_with": (
        "top {v} {gs} by total {a} of {nps}, with the total",
        "[which|what] {v} {gs} have the highest total {a} of {nps}, and how much does each have",
    ),
    "having_many": (
        "{gs} [with|that have] more than {v} {nps}",
        "[which|what] {gs} have more than {v} {nps}",
        "[list|show] the {gs} that have more than {v} {nps}",
    ),
    "times": ("{q} times {a}",),
    "times_sold": ("revenue", "revenue", "sales value", "{q} times {a}"),
    "having_fewer": (
        "{gs} [with|that have] fewer than {v} {nps}",
        "[which|what] {gs} have [fewer|less] than {v} {nps}",
    ),
    "having_least": ("{gs} [with|that have] at least {v} {nps}", "[which|what] {gs} have at least {v} {nps}"),
    "having_exactly": (
        "{gs} [with|that have] exactly {v} {nps}",
        "[which|what] {gs} have [exactly|just] {v} {nps}",
        "[list|show] the {gs} that have exactly {v} {nps}",
    ),
    "having_total": (
        "{gs} with a total {a} of {nps} [above|over] {v}",
        "[which|what] {gs} have a total {a} of {nps} [above|over|of more than] {v}",
    ),
    "fewest_of_all": (
        "[which|what] {g} has the fewest {nps}, counting those without any",
        "the {g} with the fewest {nps}, [including|also counting] those with none",
    ),
    "count_parents": (
        "how many [different|distinct] {ps} have {nps}",
        "how many different {ps} are there with {nps}",
        "number of [different|distinct] {ps} [with|that have] {nps}",
    ),
    "things_of_bought": (
        "[which|what] {ts} did {x} [buy|order|purchase]",
        "[which|what] {ts} has {x} [bought|ordered]",
        "{ts} [bought|ordered] by {x}",
        "[list|show me] [all |]the {ts} {x} [bought|ordered|has bought]",
    ),
    "things_of": (
        "[which|what] {ts} are in the {ns} of {x}",
        "{ts} in the {ns} of {x}",
        "[list|show] the {ts} in the {ns} of {x}",
    ),
    "owners_bought": (
        "[which|what] {ps} [bought|ordered|purchased|have bought] {x}",
        "who [bought|ordered|has bought] {x}",
        "{ps} who [bought|ordered|have bought] {x}",
        "[list|show me] the {ps} that [bought|ordered] {x}",
    ),
    "owners": ("[which|what] {ps} have {ns} with {x}", "{ps} [whose {ns} contain|with {ns} that contain] {x}"),
    "count_owners_bought": (
        "how many [different |]{ps} [bought|ordered|have bought] {x}",
        "number of {ps} who [bought|ordered] {x}",
    ),
    "count_owners": ("how many [different |]{ps} have {ns} with {x}", "number of {ps} whose {ns} contain {x}"),
}
ABSENT: dict[str, tuple[str, ...]] = {
    "none_such": (
        "[which|what] {ps} have no {nps}",
        "[which|what] {ps} [do not|don't] have any {nps}",
        "{ps} [without any|with no|that have no] {nps}",
        "[list|show me] the {ps} that have no {nps}",
    ),
    "none_such_count": (
        "how many {ps} have no {nps}",
        "how many {ps} [do not|don't] have any {nps}",
        "number of {ps} [without any|with no] {nps}",
    ),
    "none_at_all": (
        "{a} of [the |all |]{ps} [without any|that have no|with no] {nps}",
        "[list|show|give me] the {a} of [the |all |]{ps} that have no {nps}",
    ),
    "two_except": (
        "[which|what] {as_} have {ns} but no {ms}",
        "{as_} [where there are|that have|with] {ns} but no {ms}",
    ),
    "two_intersect": ("[which|what] {as_} have both {ns} and {ms}", "{as_} [that have|with] both {ns} and {ms}"),
    "two_union": (
        "[list |]all {as_} of {ns} [or|and] {ms}, without repeats",
        "[which|what] {as_} have {ns} or {ms}",
    ),
}
SHARES: dict[str, tuple[str, ...]] = {
    "share_clause": (
        "what [percentage|percent] of [the |]{nps} {clause}",
        "what percentage of [the |all |]{nps} {clause}",
        "percentage of {nps} that {clause}",
    ),
    "share": (
        "[what is the |]percentage of {part} among [all |the |]{nps}",
        "[what is the |]share of {part} among [all |the |]{nps}, in percent",
    ),
    "share_per": (
        "[what is the |]percentage of {part} [per|by|for each] {g}",
        "for each {g}, what percentage of the {ns} are {part}",
    ),
    "share_of_sum": (
        "what percentage of the total {a} [comes from|belongs to|is from] {part}",
        "[percentage|percent] of the total {a} of {ns} that comes from {part}",
    ),
    "side_by_side": (
        "how many {ns} have {a} {v} and how many have {a} {w}",
        "number of {ns} with {a} {v} and with {a} {w}, side by side",
        "compare the number of {ns} with {a} {v} and {w}",
    ),
    "ratio_count": (
        "[what is the |]average number of {ns} per {g} that has any",
        "how many {ns} does {ag} with {ns} have on average",
    ),
    "ratio_sum": (
        "[what is the |]average total {a} of {ns} per {g} that has any",
        "what total {a} of {ns} does {ag} with {ns} have on average",
    ),
    "yes_or_no": (
        "show each {n} with yes if its {a} is [above|over|more than] {v} and no otherwise",
        "for each {n}, is the {a} [above|over] {v}, yes or no",
    ),
    "average_with_zero": (
        "[what is the |]average {a} of {ns}, counting [a missing one|missing ones] as 0",
        "average {a} of all {ns}, with 0 where it is missing",
    ),
    "instead": (
        "[list|show] the {a} of each {n}, with {v} where it is missing",
        "{a} of [each|every] {n}, or {v} if there is none",
    ),
    "gap_of": (
        "[what is the |]difference between {a} and {b} of {x}",
        "how much higher is the {a} than the {b} of {x}",
    ),
    "gap_each": (
        "[show|list] each {n} with the difference between its {a} and {b}",
        "difference between {a} and {b} [for|of] each {n}",
    ),
    "gap_most": (
        "[which|what] {n} has the [largest|biggest] difference between {a} and {b}",
        "the {n} with the [largest|biggest] [gap|difference] between {a} and {b}",
    ),
}
PERIODS: dict[str, tuple[str, ...]] = {
    "done_during_period": ("{done} in {when}",),
    "date_during_period": ("with {ana} in {when}", "whose {a} is in {when}"),
    "done_weekday": ("{done} on {when}",),
    "date_weekday": ("with {ana} on {when}", "whose {a} is on {when}"),
    "period_count": (
        "[number of|how many] {ns} [per|by|for each] {u} of the {d}",
        "count the {ns} by {u} of their {d}",
    ),
    "period_count_in": (
        "[number of|how many] {ns} [per|by|in each] {u} of {y}, by {d}",
        "{ns} per {u} in {y} by {d}",
        "how many {ns} have their {d} in each {u} of {y}",
    ),
    "period_avg": ("average {a} of {ns} [per|by|for each] {u} of the {d}",),
    "period_avg_in": ("average {a} of {ns} [per|by] {u} in {y}, by {d}",),
    "period_most_count": (
        "on [which|what] {u} do the most {ns} have their {d}",
        "the {u} with the most {ns} by {d}",
        "what is the [busiest|most common] {u} for the {d} of {ns}",
    ),
    "period_most_count_in": (
        "[which|what] {u} of {y} had the most {ns} by {d}",
        "in [which|what] {u} of {y} do the most {ns} have their {d}",
        "the {u} of {y} with the most {ns} by {d}",
    ),
    "period_most_avg": ("[which|what] {u} of the {d} has the highest average {a} of {ns}",),
    "period_most_avg_in": ("[which|what] {u} of {y} had the highest average {a} of {ns} by {d}",),
    "more_than_before": (
        "how many more {ns} [have|are there with] {ana} in {v} than in {w}",
        "difference in the number of {ns} by {a} between {v} and {w}",
    ),
    "span_avg": (
        "[what is the |]average number of days between {a} and {b} of {ns}",
        "how many days from {a} to {b} do {ns} take on average",
        "how many days [pass|are there] on average between {a} and {b} of {ns}",
    ),
    "span_max": (
        "what is the longest time in days between {a} and {b} of {ns}",
        "most days between {a} and {b} of {ns}",
    ),
    "span_count": ("how many {ns} have more than {v} days between {a} and {b}",),
    "span_list": (
        "{ns} with more than {v} days between {a} and {b}",
        "[which|what] {ns} have more than {v} days between {a} and {b}",
    ),
    "last_time": (
        "[what is|when is] the [latest|most recent] {a} of {ns} [of|for] {x}",
        "when was the [last|latest|most recent] {n} of {x}",
        "{a} of the [last|latest|most recent] {n} of {x}",
    ),
    "first_time": (
        "when was the [first|earliest] {n} of {x}",
        "{a} of the [first|earliest] {n} of {x}",
    ),
    "last_time_each": (
        "[show|list] each {g} with the [latest|most recent] {a} of its {ns}",
        "latest {a} of {ns} [per|for each] {g}",
    ),
    "first_time_each": (
        "[show|list] each {g} with the [first|earliest] {a} of its {ns}",
        "first {a} of {ns} [per|for each] {g}",
    ),
    "since": (
        "{a} of [all |the |]{ns} [since|from] {v} [on|onwards] by {d}",
        "[list|show] the {a} of [the |]{ns} whose {d} is in {v} or later",
    ),
}
COMPARED: dict[str, tuple[str, ...]] = {
    "own_above": (
        "{ns} with {ana} above the average of their {g}",
        "[which|what] {ns} have {ana} above the average of their own {g}",
        "{ns} whose {a} is [above|higher than] the average {a} of their {g}",
    ),
    "own_below": (
        "{ns} with {ana} below the average of their {g}",
        "[which|what] {ns} have {ana} below the average of their own {g}",
    ),
    "own_above_count": ("how many {ns} have {ana} above the average of their {g}",),
    "own_below_count": ("how many {ns} have {ana} below the average of their {g}",),
    "best_of_each": (
        "{s} [of|in] each {g}",
        "[what is|show me|list|give me] {s} [of|in] [each|every] {g}",
        "for each {g}, {s}",
    ),
    "second": (
        "[which|what] {np} has the second {extreme}",
        "what is the {np} with the second {extreme}",
        "the {np} with the second {extreme}",
    ),
    "second_value": ("what is the second {extreme} of [all |the |]{nps}", "second {extreme} among [the |]{nps}"),
    "than_one": (
        "[which|what] {ns} are {than} than {x}",
        "{ns} [that are |]{than} than {x}",
        "[list|show me] [all |the |]{ns} {than} than {x}",
    ),
    "than_one_more": ("[which|what] {ns} have a higher {a} than {x}", "{ns} with a higher {a} than {x}"),
    "than_one_less": ("[which|what] {ns} have a lower {a} than {x}", "{ns} with a lower {a} than {x}"),
    "than_one_count": ("how many {ns} are {than} than {x}",),
    "than_one_more_count": ("how many {ns} have a higher {a} than {x}",),
    "than_one_less_count": ("how many {ns} have a lower {a} than {x}",),
    "same_as": (
        "[which|what] [other |]{ns} have the same {g} as {x}",
        "[other |]{ns} [with|that have] the same {g} as {x}",
        "[list|show] the other {ns} with the same {g} as {x}",
    ),
    "than_superior_more": (
        "[which|what] {ns} have a higher {a} than their {g}",
        "{ns} [whose {a} is higher than that of|with a higher {a} than] their {g}",
    ),
    "than_superior_less": ("[which|what] {ns} have a lower {a} than their {g}", "{ns} with a lower {a} than their {g}"),
    "count_below": ("how many {ns} does each {g} have", "number of {ns} [per|for each|under each] {g}"),
    "most_below": ("[which|what] {g} has the most {ns}", "the {g} with the most {ns}"),
    "extreme_with": (
        "[what is |what's |]{s} and its {a}",
        "{s}, and what is its {a}",
        "[give me|show|show me] {s} with its {a}",
    ),
}
REPORTS = {**JOINED, **ABSENT, **SHARES, **PERIODS, **COMPARED}
