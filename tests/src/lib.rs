//! Suites live under tests/tests.
