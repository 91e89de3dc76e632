"""SQL expressions, types and schema."""
