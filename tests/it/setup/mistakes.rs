//! Mistakes in the files of a set-up: each is one clear error, found before anything is asked.

use std::fmt::Write;

use super::{CSV, TOML, desired, of_texts};

const ROWS: &str = "location_id,name,link,number\nloc0,Loop,https://a.example.com,+13125550100\n";

/// A settings file around these lines.
fn toml(lines: &str) -> String {
    format!("[agency]\nlocations = \"locations.csv\"\n{lines}\n")
}

#[test]
fn forty_mistakes_are_forty_clear_errors() {
    let in_toml = [
        "",
        "[values.offer]\nvalue = “x”",
        "[valeus.offer]\nvalue = \"x\"",
        "[values]\noffer = \"x\"",
        "[values.offer]\nvalu = \"x\"",
        "[values.offer]\nvalue = 3",
        "[values.offer]\nvalue = \"\"",
        "[values.offer]\nvalue = \"x\"\nrule = \"defalt\"",
        "[values.offer]\nvalue = \"x\"\ncheck = \"url\"",
        "[values.\"Our Offer\"]\nvalue = \"x\"",
        "[values.offer]\nvalue = \"x\"\nname = \"Special Offer\"",
        "[values.offer]\nvalue = \"{{ row.offer }}\"",
        "[values.offer]\nvalue = \"{{ row.nubmer }}\"",
        "[values.offer]\nvalue = \"{{ row.link }\"",
        "[values.offer]\nvalue = \"{ row.link }\"",
        "[values.offer]\nvalue = \"{{ row.link | upper }}\"",
        "[values.offer]\nvalue = \"book.example.com\"\ncheck = \"https\"",
        "[values.offer]\nvalue = \"http://book.example.com\"\ncheck = \"https\"",
        "[values.offer]\nvalue = \"ana@example\"\ncheck = \"email\"",
        "[values.offer]\nvalue = \"x\"\n[absent]\nvalues = [\"offer\"]",
        "[tags]\npresent = \"vip\"",
        "[tags]\npresent = [\"vip\", \"\"]",
        "[tags]\npresent = [\"vip\"]\nabsent = [\"old\"]",
        "[tags]\npresent = [\"VIP\"]\n[absent]\ntags = [\"vip\"]",
        "[absent]\npipelines = [\"Sales\"]",
        "[fields.lead_source]\ntype = \"TEXT\"",
        "[fields.\"contact.lead_source\"]\nname = \"Lead source\"",
        "[fields.\"contact.lead_source\"]\ntype = \"SINGLE_OPTION\"\noptions = [\"a\"]",
        "[fields.\"contact.lead_source\"]\ntype = \"RADIO\"",
        "[fields.\"contact.lead_source\"]\ntype = \"TEXT\"\noptions = [\"a\"]",
        "[fields.\"contact.lead_source\"]\ntype = \"RADIO\"\noptions = [\"a\", \" A\"]",
        "[pipelines.Sales]\nstages = []",
        "[pipelines.Sales]\nstages = [\"New\", \"new \"]",
        "[pipelines.Sales]\nstages = [\"New\"]\nothers = \"delete\"",
        "[pipelines.Sales]\nstages = [\"New\"]\n[pipelines.\"sales \"]\nstages = [\"New\"]",
        "[links.Booking]\nto = \"{{ row.number }}\"",
        "[require]\nnumbers = [\"312 555 0100\"]",
        "[require]\nnumbers = [\"+1 555 0100\"]",
        "[require]\nnumbers = [\"1.31256E+10\"]",
        "[require]\nworkflows = [{ title = \"x\" }]",
        "[recipe]\npreset = \"soliel\"",
        "[recipe]\npreset = \"soleil\"\nfile = \"x.toml\"",
        "[recipe]\nfile = \"missing.toml\"",
        "[safety]\nat_most_changed = 30",
    ];
    let mut shown = String::new();
    for lines in in_toml.iter().skip(1) {
        let error = of_texts(&toml(lines), ROWS).unwrap_err();
        let _ = writeln!(shown, "{}\n    {error}", lines.replace('\n', " ⏎ "));
    }
    let with_link = toml("[values.link]\nvalue = \"{{ row.link }}\"");
    let in_csv = [
        "",
        "location_id,link\n",
        "id,link\nloc0,x\n",
        "name\nLoop\n",
        "location_id,link,Link\nloc0,x,y\n",
        "location_id,link\n,x\n",
        "location_id,link\nloc 0,x\n",
        "location_id,link\nloc0,x\nloc0,y\n",
        "location_id,link\nloc0,a,b\n",
        "location_id,link\nloc0,#REF!\n",
        "location_id,name,link\nloc0,Loop,\n",
    ];
    for rows in in_csv {
        let error = of_texts(&with_link, rows).unwrap_err();
        let _ = writeln!(shown, "{}\n    {error}", rows.replace('\n', " ⏎ "));
    }
    for (title, files) in [
        ("no settings file", vec![]),
        (
            "no spreadsheet",
            vec![("agency.toml", with_link.as_bytes())],
        ),
        (
            "no [agency]",
            vec![("agency.toml", b"[tags]\npresent = [\"a\"]".as_slice())],
        ),
        (
            "a workbook",
            vec![
                ("agency.toml", with_link.as_bytes()),
                ("locations.csv", b"PK\x03\x04".as_slice()),
            ],
        ),
    ] {
        let error = desired(&files).unwrap_err();
        let _ = writeln!(shown, "{title}\n    {error}");
    }
    insta::assert_snapshot!("mistakes", shown);
}

#[test]
fn all_problems_are_reported_at_once() {
    let toml = toml(
        "[values.a]\nvalue = 1\n[values.b]\nvalue = \"{{ row.missing }}\"\n[tags]\npresnt = []",
    );
    let error = of_texts(&toml, "location_id\nloc 0\n").unwrap_err();
    assert_eq!(error.problems().len(), 4, "{error}");
}

#[test]
fn what_is_probably_not_meant_is_a_warning() {
    let desired = of_texts(
        &toml("[defaults]\nx = \"y\""),
        "location_id,name,lnk\nloc0,Caf\u{e9},x\n",
    )
    .unwrap();
    let warnings: Vec<String> = desired.warnings().iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "locations.csv:1: lnk: nobody uses this column; use it as `{{ row.lnk }}`, or remove it",
            "agency.toml:4: defaults.x: nobody uses this default; remove it",
        ]
    );
}

#[test]
fn a_spreadsheet_of_excel_gives_the_same_as_any_other() {
    let plain = of_texts(TOML, CSV).unwrap();
    let utf_16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        b"\xff\xfe"
            .iter()
            .copied()
            .chain(units)
            .collect::<Vec<u8>>()
    };
    let tabs = CSV.replace(';', "\t").replace('\n', "\r\n");
    for bytes in [
        utf_16(&tabs),
        format!("\u{feff}{CSV}").into_bytes(),
        format!("sep=;\r\n{CSV}").into_bytes(),
    ] {
        let read = desired(&[("agency.toml", TOML.as_bytes()), ("locations.csv", &bytes)]).unwrap();
        assert!(read == plain);
    }
}
