//! Pages under `docs/dialects` hold tables that are made from the definitions.

const BEGIN: &str = "<!-- generated from crates/dialects: begin -->\n";
const END: &str = "<!-- generated from crates/dialects: end -->\n";

/// Fails unless the page `docs/dialects/NAME.md` holds `table` between its marks; writes it there with `UPDATE_DOCS=1`.
pub(crate) fn assert_up_to_date(name: &str, table: &str) {
    let path = format!("{}/../../docs/dialects/{name}.md", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGIN).expect("the page has a mark where the table begins");
    let (written, after) = rest.split_once(END).expect("the page has a mark where the table ends");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{BEGIN}{table}\n{END}{after}")).unwrap();
    } else {
        assert_eq!(written.trim(), table.trim(), "run this test with UPDATE_DOCS=1");
    }
}
