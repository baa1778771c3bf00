//! The examples written in Rust run: the library without a script, and a host with a function of
//! its own.

#[path = "../../examples/host.rs"]
mod host;
#[path = "../../examples/library.rs"]
mod library;

#[test]
fn the_library_finds_misstated_errors_without_a_script() {
    library::main().unwrap();
}

#[test]
fn a_host_adds_a_function_that_works_and_fails_like_ours() {
    host::main().unwrap();
}
