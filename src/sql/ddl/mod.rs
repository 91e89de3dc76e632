//! DDL elements to text.
