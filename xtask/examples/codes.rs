//! Prints every code that must have a page in the reference: its kind, its word.

use comity_core::RejectionCode;
use comity_core::procedure::FlawCode;
use comity_language::Code;

fn main() {
    for code in RejectionCode::ALL {
        println!("rejections {code}");
    }
    for code in Code::OWN {
        println!("flaws {code}");
    }
    for code in FlawCode::ALL {
        println!("flaws {code}");
    }
}
