"""Compiled statements with the values of one execution, and lists among them."""

import pytest
from oxalchemy import bindparam, column, exc, select, tuple_
from oxalchemy.dialects import sqlite


def test_state_of_named_styles():
    state = select(column("x")).where(column("x").in_([1, 2]), column("q") == bindparam("lit", 9, literal_execute=True)).compile()
    assert {b.key for b in state.literal_execute_params} == {"lit"}
    first = state.construct_expanded_state()
    assert first.statement.endswith("WHERE x IN (:x_1_1, :x_1_2) AND q = 9")
    assert first.parameters == {"x_1_1": 1, "x_1_2": 2}
    assert first.parameter_expansion == {"x_1": ["x_1_1", "x_1_2"]}
    assert first.positiontup is None
    with pytest.raises(exc.InvalidRequestError, match="does not use a positional paramstyle"):
        _ = first.positional_parameters
    again = state.construct_expanded_state({"x_1": [7]})
    assert again.statement.endswith("x IN (:x_1_1) AND q = 9") and again.additional_parameters == {"x_1_1": 7}


def test_state_of_positional_styles_and_tuples():
    statement = select(column("x")).where(tuple_(column("a"), column("b")).in_([(1, 2), (3, 4)]), column("c") == 5)
    state = statement.compile(dialect=sqlite.dialect()).construct_expanded_state()
    assert state.statement.endswith("(a, b) IN (VALUES (?, ?), (?, ?)) AND c = ?")
    assert state.positional_parameters == (1, 2, 3, 4, 5)
    assert state.positiontup[:4] == ["param_1_1_1", "param_1_1_2", "param_1_2_1", "param_1_2_2"]


def test_names_of_elements_do_not_collide():
    statement = select(column("x")).where(
        column("a").in_(bindparam("q", [1, 2], expanding=True)), column("b") == bindparam("q_1", 5)
    )
    compiled = statement.compile(compile_kwargs={"render_postcompile": True})
    assert compiled.params == {"q_1__1": 1, "q_2": 2, "q_1": 5}
    with pytest.raises(exc.InvalidRequestError, match="can't construct new parameters"):
        compiled.construct_params({"q": [3]})


def test_a_list_without_value():
    compiled = column("x").in_(bindparam("q", expanding=True)).compile()
    with pytest.raises(exc.InvalidRequestError, match="A value is required for bind parameter 'q'"):
        compiled.construct_expanded_state()
