"""What a dialect does not do yet. A test that passes is to be taken off this list; an empty list goes away."""

import pytest

NOT_YET = {
    "named ENUM types are not created with the table": ["postgresql-Enum of strings]", "postgresql-Enum class]"],
    "TIME arrives as an interval": ["mysql-Time]", "test_microseconds_where_the_column_keeps_them[mysql]"],
    "elements of JSON values": ["test_json_null_and_sql_null["],
    "expressions over `inserted`": ["test_upsert[mysql]"],
}


def pytest_collection_modifyitems(items):
    for item in items:
        for reason, places in NOT_YET.items():
            if item.path.parent.name == "suite" and any(place in item.nodeid for place in places):
                item.add_marker(pytest.mark.xfail(reason=reason))
