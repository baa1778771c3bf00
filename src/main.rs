fn main() {
    mcas::linalg::use_one_blas_thread();
    let mut s = mcas::script::Session::new(Default::default()).unwrap_or_else(|e| panic!("{e}"));
    let f = std::env::args().nth(1).unwrap();
    match s.run_file(std::path::Path::new(&f)) {
        Ok(v) => println!("{}", s.show(&v)),
        Err(e) => eprint!("{}", s.report(&e)),
    }
}
