//! Prints the module of a procedure, as a build script would write it:
//! `cargo run -p comity-typed-build --example show workflows/nz-kr/extradition.yaml`.

use std::path::PathBuf;
use std::process::ExitCode;

use quote::quote;

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("name a procedure file");
        return ExitCode::from(2);
    };
    let module = match comity_typed_build::module(&path, None) {
        Ok(module) => module,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match syn::parse2(module.called(&quote! { pub }, &module.name)) {
        Ok(file) => {
            println!("{}", prettyplease::unparse(&file));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("this is no Rust: {error}");
            ExitCode::FAILURE
        }
    }
}
