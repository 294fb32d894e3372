"""English templates about many rows: averages, totals, groups, tables side by side, differences."""

from __future__ import annotations

NUMBERS: dict[str, tuple[str, ...]] = {
    "avg": (
        "what is the average {a} of [all |][the |]{np}",
        "average {a} of [all |]{np}",
        "what {a} do {np} have on average",
    ),
    "sum": (
        "what is the total {a} of [all |][the |]{np}",
        "[total|combined] {a} of [all |]{np}",
        "what is the {a} of all {np} combined",
    ),
    "range": ("what are the lowest and the highest {a} of [the |]{np}", "minimum and maximum {a} of {np}"),
    "per_count": (
        "how many {ns} are there [per|for each|in each] {g}",
        "number of {ns} [per|by|for each] {g}",
        "for each {g}, how many {ns} are there",
        "count the {ns} [by|per] {g}",
    ),
    "per_avg": ("what is the average {a} of {ns} [per|for each|by] {g}", "average {a} of {ns} [per|by] {g}"),
    "per_sum": ("what is the total {a} of {ns} [per|for each|by] {g}", "total {a} of {ns} [per|by] {g}"),
    "per_max": (
        "what is the highest {a} of {ns} [per|for each|by] {g}",
        "for each {g}, [show|give] the highest {a} of its {ns}",
    ),
    "per_min": (
        "what is the lowest {a} of {ns} [per|for each|by] {g}",
        "for each {g}, [show|give] the lowest {a} of its {ns}",
    ),
    "per_year": ("how many {ns} were {done} [per|in each] year", "number of {ns} {done} [per|by] year"),
    "per_month": ("how many {ns} were {done} [per|in each] month", "number of {ns} {done} [per|by] month"),
    "year_count": ("how many {ns} [have|are there with] {ana} in each year", "number of {ns} by year of the {a}"),
    "most": (
        "[which|what] {g} has the [most|highest number of] {nps}",
        "[which|what] {g} has the most {nps}",
        "the {g} with the most {nps}",
        "what is the {g} with the [most|largest number of] {nps}",
    ),
    "most_verb": (
        "[which|what] {g} has the most {nps}",
        "[which|what] {g} has the most {nps} {ing} it",
        "what is the {g} with the most {nps}",
    ),
    "most_object": ("[which|what] {n} {third} the most {ps}", "the {n} that {third} the most {ps}"),
    "fewest": ("[which|what] {g} has the [fewest|lowest number of] {nps}", "what is the {g} with the fewest {nps}"),
    "most_neighbors": ("[which|what] {n} {third} the most {ns}", "what {n} has the most neighbors"),
    "most_avg": (
        "[which|what] {g} has the highest average {a} of {ns}",
        "the {g} with the highest average {a} of {ns}",
    ),
    "most_sum": (
        "[which|what] {g} has the highest total {a} of {ns}",
        "the {g} with the [highest|largest] total {a} of {ns}",
    ),
    "most_value": (
        "what is the most [common|frequent] {a} of [the |]{ns}",
        "[which|what] {a} is the most common among the {ns}",
    ),
    "having": (
        "[which|what] {gs} have more than {v} {nps}",
        "{gs} with more than {v} {nps}",
        "list the {gs} with over {v} {nps}",
    ),
    "having_avg": (
        "[which|what] {gs} have an average {a} of {ns} above {v}",
        "{gs} whose {ns} have an average {a} above {v}",
    ),
    "having_sum": (
        "[which|what] {gs} have a total {a} of {ns} above {v}",
        "{gs} whose {ns} have a total {a} of more than {v}",
    ),
    "with_parent": (
        "show each {n} with [its|the] {p}",
        "list the {ns} and their {ps}",
        "list [all |]{ns} together with the {p}",
    ),
    "with_parent_of": ("list the {np} with their {ps}", "[show|give] me the {np} and the {p} of each"),
    "with_parent_field": ("list the {ns} with the {a} of their {p}", "show each {n} and the {a} of its {p}"),
    "with_count": (
        "show each {p} with its number of {ns}, [also those without any|including those with none]",
        "for every {p}, how many {ns} are there, [counting|including] those with none",
    ),
    "both": ("[which|what] {ps} have both {x} and {y}", "{ps} with both {x} and {y}"),
    "both_verb": ("[which|what] {ns} {base} both {x} and {y}", "{ns} that {base} both {x} and {y}"),
    "difference": ("what is the difference [in {a} between {x} and {y}|between the {a} of {x} and the {a} of {y}]",),
    "with_role": ("list [the |]{ns} [with|and] their {role}s", "show each {n} with its {role}, where there is one"),
    "reports_count": ("how many {ns} have {x} as {role}", "for how many {ns} is {x} the {role}"),
    "reports_more": (
        "which {ns} are the {role} of more than {v} {ns}",
        "{ns} who are the {role} of more than {v} others",
    ),
    "revenue_of": ("what is the total value ({q} times {a}) of {x}", "total of {q} times {a} for {x}"),
    "revenue_per": ("total {q} times {a} per {g}", "[show|what is] the total value ({q} times {a}) [per|for each] {g}"),
    "revenue_most": (
        "[which|what] {g} has the highest total {q} times {a}",
        "which {g} has the highest total value ({q} times {a})",
    ),
    "reports": ("which {ns} have {x} as {role}", "[list|show] the {ns} whose {role} is {x}", "{ns} with {x} as {role}"),
    "reports_person": ("who reports to {x}", "which {ns} report to {x}", "who has {x} as {role}"),
}
