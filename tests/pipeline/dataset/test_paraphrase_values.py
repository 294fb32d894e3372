"""A paraphrase takes over the values of another query, and a number that the question only implies."""

from pipeline.dataset.paraphrase import reworded
from pipeline.records import Pair

LOWEST = (
    "SELECT employees.name FROM employees JOIN stores ON employees.store_id = stores.store_id "
    "WHERE stores.name = '{store}' ORDER BY employees.salary, employees.employee_id LIMIT 1"
)


def test_the_one_of_a_limit_behind_a_superlative_needs_no_place_in_the_question() -> None:
    wording = Pair("who is the lowest paid employee that is in the store Odori", LOWEST.format(store="Odori"))
    said = reworded(wording, LOWEST.format(store="Shibuya"), lambda column: ("Odori", "Shibuya"))
    assert said == "who is the lowest paid employee that is in the store Shibuya"
