"""Names of the DML compiler."""

REQUIRED = object()
