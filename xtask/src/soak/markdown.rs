/// A table in Markdown.
pub(super) fn table(columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: &[&str]| format!("| {} |\n", cells.join(" | "));
    let rows = rows.into_iter().map(|cells| line(&cells.iter().map(String::as_str).collect::<Vec<_>>()));
    let ruler = format!("{}|\n", "|---".repeat(columns.len()));
    [line(columns), ruler].into_iter().chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn each_row_has_a_line() {
        let rows = [["1", "2"], ["", "4"]].map(|cells| cells.map(str::to_owned).to_vec());
        assert_eq!(table(&["a", "b"], rows), "| a | b |\n|---|---|\n| 1 | 2 |\n|  | 4 |\n");
    }
}
