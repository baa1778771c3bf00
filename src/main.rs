//! The program `mcas`; its command line is in [`mcas::script::cli`].

fn main() -> std::process::ExitCode {
    mcas::script::cli::main()
}
