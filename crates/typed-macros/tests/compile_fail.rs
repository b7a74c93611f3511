//! Programs that must not compile, each with what the compiler says.

#[test]
fn what_the_procedure_does_not_know_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/compile-fail/*.rs");
}
