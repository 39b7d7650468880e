//! The command line's grammar.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgGroup, Command, crate_version, value_parser};
use wiresift::enrich::labels::Role;
use wiresift::filter::FIELDS;
use wiresift::schema::Schema;

use crate::exit;
use crate::setting_flags;
use crate::side_flags;

/// The whole grammar.
pub(crate) fn command() -> Command {
    Command::new("wiresift")
        .version(crate_version!())
        .about(
            "Packet captures to anomalies: pcap and pcapng to flows, KMeans scores and findings. Nothing is uploaded.",
        )
        .after_help(exit::HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands([
            analyze(),
            flows(),
            packets(),
            hosts(),
            extract(),
            plot(),
            check(),
            synth(),
            features(),
            rules(),
            train(),
            evaluate(),
        ])
}

fn analyze() -> Command {
    let about = "Analyse captures: verdict, findings and the strangest rows, with reasons";
    let fail_on = Arg::new("fail-on")
        .long("fail-on")
        .value_name("SEVERITY")
        .help("End with exit code 4 when a finding is at least this severe")
        .value_parser(PossibleValuesParser::new(["info", "low", "medium", "high", "critical"]));
    let save = Arg::new("save-baseline")
        .long("save-baseline")
        .value_name("FILE")
        .help("Write there what is normal by this capture, which must be known to be good: for --baseline")
        .value_parser(value_parser!(PathBuf));
    let formats = format(&["text", "json", "csv", "ndjson", "html", "markdown"]);
    detecting("analyze", about).args([formats, output(), force(), fail_on, save])
}

fn flows() -> Command {
    let about = "Write one record a flow under the names of Zeek's conn.log, with cluster, score and severity";
    let formats = format(&["csv", "ndjson", "zeek", "display-filter", "bpf"]);
    detecting("flows", about).args([formats.help(FORMATS), filter(), output(), force()])
}

fn packets() -> Command {
    let about = "Write one record a packet with its score; sets --unit packet";
    let formats = format(&["csv", "json", "ndjson", "display-filter", "bpf"]);
    detecting("packets", about).args([formats.help(FORMATS), filter(), output(), force()])
}

fn hosts() -> Command {
    let about = "Write one record a host, what all its flows add up to, with its score; sets --unit host";
    let formats = format(&["csv", "json", "ndjson", "display-filter", "bpf"]);
    detecting("hosts", about).args([formats.help(FORMATS), filter(), output(), force()])
}

fn baseline() -> Arg {
    Arg::new("baseline")
        .help_heading(side_flags::HEADING)
        .long("baseline")
        .value_name("FILE")
        .help("Score by what is normal in the capture that --save-baseline wrote it from, and say what is new")
        .value_parser(value_parser!(PathBuf))
}

/// What `-T` of the tables says.
const FORMATS: &str =
    "Output format; display-filter and bpf are one filter for Wireshark or tcpdump that shows the rows";

fn filter() -> Arg {
    Arg::new("filter")
        .long("filter")
        .value_name("EXPR")
        .help("Only the rows that match, as in 'port 443 and score > 0.8'; --help lists the fields")
        .long_help(filter_help())
}

/// The filter language with its fields, as the page shows them.
fn filter_help() -> String {
    let mut text = String::from(
        "Only the rows that match EXPR: terms with and, or, not, parentheses. A term is a field with == != < <= > >= ~ \
         (contains) or in {...} and a value, or side by side where equality is meant; or an address, a network, a \
         protocol, or a word that stands anywhere in the row. Fields:\n",
    );
    for field in FIELDS {
        let names = std::iter::once(&field.name).chain(field.aliases).copied().collect::<Vec<_>>().join(", ");
        text.push_str(&format!("\n  {names}: {}. Example: {}", field.meaning, field.example));
    }
    text
}

fn extract() -> Command {
    let about = "List the packets of findings, flows or a filter's rows, or write them as pcapng, byte for byte as they \
                 were captured or without what is nobody else's business. The captures are analysed and then read again, so pipes will not do";
    let which = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help).help_heading("Which packets")
    };
    let given = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name(value)
            .help(help)
            .requires("write")
            .help_heading("To give the packets away")
    };
    detecting("extract", about)
        .args([
            which("finding", "ID", "The rows of this finding (F1 ...); may be repeated").action(ArgAction::Append),
            which("flow", "UID", "This flow (C...); may be repeated").action(ArgAction::Append),
            filter().help_heading("Which packets"),
            Arg::new("write")
                .short('w')
                .long("write")
                .value_name("PATH")
                .help("Write the packets there as pcapng, - for standard output, instead of listing them")
                .value_parser(value_parser!(PathBuf)),
            Arg::new("comments")
                .long("comments")
                .help("Take the capture's comments on the packets along")
                .requires("write")
                .action(ArgAction::SetTrue),
            given("truncate", "WHERE", "Keep only the first so many bytes of each packet, or its headers without what they carry: a number, or headers")
                .value_parser(crate::extract::keep),
            given("anonymize", "", "Replace IP and hardware addresses (Crypto-PAn: prefixes that were shared still are) and cut off all but the headers. The key is random and not kept")
                .num_args(0)
                .action(ArgAction::SetTrue),
            given("anonymize-key", "FILE", "The same with the key in a file, 64 hexadecimal digits: the same key gives the same addresses")
                .value_parser(value_parser!(PathBuf)),
            format(&["text", "ndjson"]).conflicts_with("write"),
            listing("limit", "Packets listed", "100").value_parser(value_parser!(u32).range(1..=100_000)),
            listing("bytes", "Bytes shown of each packet", "64").value_parser(value_parser!(u32).range(0..=4096)),
            force(),
        ])
        .group(ArgGroup::new("which").args(["finding", "flow", "filter"]).required(true).multiple(true))
}

fn listing(name: &'static str, help: &'static str, default: &'static str) -> Arg {
    number(name, help, default).conflicts_with("write")
}

fn plot() -> Command {
    let about = "Draw the charts as PNG and SVG: score histogram, cluster scatter, traffic over time, host graph, services of hosts";
    detecting("plot", about).args([
        Arg::new("output")
            .short('o')
            .long("output")
            .value_name("DIR")
            .required(true)
            .help("Directory the pictures go to; made if it is missing")
            .value_parser(value_parser!(PathBuf)),
        force(),
        Arg::new("theme")
            .long("theme")
            .value_name("WORD")
            .help("Ground of the pictures")
            .default_value("light")
            .value_parser(PossibleValuesParser::new(["light", "dark"])),
        Arg::new("size")
            .long("size")
            .value_name("WxH")
            .help("Width and height of the pictures in pixels, each from 200 to 4096")
            .default_value("1200x700")
            .value_parser(size),
    ])
}

fn check() -> Command {
    let about = "Measure the pipeline stage by stage on captures: MB/s, packets/s, share of the time, peak memory";
    reading("check", about).args([format(&["text", "json"])])
}

fn synth() -> Command {
    let about = "Write a demonstration capture: an office at work, and a scan, a flood, a brute force, a beacon, a \
                 tunnel and an upload in it; the same flags give the same bytes";
    Command::new("synth").about(about).args([
        number("packets", "Packets to write", "20000").value_parser(value_parser!(u64).range(1..=1_000_000_000)),
        number("seed", "Seed of everything that is made up", "42").value_parser(value_parser!(u64)),
        Arg::new("scene")
            .long("scene")
            .value_name("WORD")
            .help("What happens: an office with its attacks, or every protocol that a model learns to name")
            .default_value("office")
            .value_parser(PossibleValuesParser::new(["office", "protocols"])),
        Arg::new("format")
            .long("format")
            .value_name("WORD")
            .help("Container: pcap with microseconds, pcapng with nanoseconds")
            .default_value("pcap")
            .value_parser(PossibleValuesParser::new(["pcap", "pcapng"])),
        Arg::new("labels")
            .long("labels")
            .value_name("PATH")
            .help("Also write a CSV with what each packet belongs to; of the scene protocols, each conversation")
            .value_parser(value_parser!(PathBuf)),
        Arg::new("write")
            .short('w')
            .long("write")
            .value_name("PATH")
            .required(true)
            .help("Where the capture goes, - for standard output")
            .value_parser(value_parser!(PathBuf)),
        force(),
        quiet(),
    ])
}

fn number(name: &'static str, help: &'static str, default: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("N").help(help).default_value(default).allow_negative_numbers(true)
}

fn features() -> Command {
    let about = "List the features that rows are compared by; with -r write the features of a capture's rows, under our names \
                 or the columns of CICFlowMeter or NFStream";
    let schema = Arg::new("schema")
        .long("schema")
        .value_name("WORD")
        .help("Whose columns; without -r the columns are described, with what differs from the tool's own")
        .value_parser(PossibleValuesParser::new(["wiresift", "cicflowmeter", "nfstream"]));
    let bugs = Arg::new("cicflowmeter-bugs")
        .long("cicflowmeter-bugs")
        .help("With --schema cicflowmeter: the numbers and flows of the original, mistakes included")
        .long_help(bugs_help())
        .action(ArgAction::SetTrue);
    let format = Arg::new("format")
        .short('T')
        .long("type")
        .value_name("FORMAT")
        .help("Output format: text or json of what there is, csv, ndjson or parquet of a capture's rows")
        .value_parser(PossibleValuesParser::new(["text", "json", "csv", "ndjson", "parquet"]));
    reading_if_given("features", about).args([schema, bugs, format, output(), force()])
}

fn rules() -> Command {
    let about =
        "List the rules of the detection: what they find, how, their thresholds, and what would make them wrong";
    Command::new("rules").about(about).arg(format(&["text", "json"]))
}

/// What the flag reproduces and what not, as the description of the schema has it.
fn bugs_help() -> String {
    let notes = Schema::OriginalCicFlowMeter.notes().join("\n\n");
    format!(
        "With --schema cicflowmeter: the numbers and flows of the original, for comparison with old models.\n\n{notes}"
    )
}

fn train() -> Command {
    let about = "Train a model that names protocols, on captures whose flows are known by their payload or by label \
                 files, and measure it on captures left out; the same input gives the same bytes";
    reading("train", about).args([
        labels(),
        Arg::new("model-output")
            .short('o')
            .long("output")
            .value_name("PATH")
            .required(true)
            .help("Where the model goes; the report goes to standard output")
            .value_parser(value_parser!(PathBuf)),
        force(),
        Arg::new("columns")
            .long("columns")
            .value_name("NAMES")
            .help("The flow features that trees may ask for, separated by commas; by default no ports and no context"),
        number("trees", "Trees of each class", "24").value_parser(value_parser!(u64).range(1..=1024)),
        number("rows", "Most flows of a class from one capture", "60").value_parser(value_parser!(u64).range(1..)),
        format(&["text", "json"]),
    ])
}

fn evaluate() -> Command {
    let about = "Measure how well the verdicts agree with labels: confusion matrix, ROC and precision-recall curves with \
                 their areas, precision at n, each class; or with --protocols how well the model names protocols";
    let mapping = Arg::new("label-map")
        .long("label-map")
        .value_name("COLUMN=ROLE")
        .help("What a column of the label files says, where its name does not; may be repeated")
        .long_help(format!(
            "What a column of the label files says, where its name does not; may be repeated. Roles: {}",
            Role::words().join(", ")
        ))
        .action(ArgAction::Append);
    let pictures = Arg::new("output")
        .short('o')
        .long("output")
        .value_name("DIR")
        .help("Also draw the matrix and the curves there as PNG and SVG; made if it is missing")
        .value_parser(value_parser!(PathBuf));
    detecting("evaluate", about).args([
        labels().help(
            "CSV or TSV that says what packets (by number), flows (by protocol and both ends) or addresses in a range of \
             time really are; columns are known by the names of CICIDS2017, UNSW-NB15, CTU-13, Zeek and others; may be \
             repeated. With --protocols as train has it",
        ),
        mapping,
        pictures,
        force(),
        Arg::new("protocols")
            .long("protocols")
            .help("Evaluate the naming of protocols, on captures whose flows are known by their payload or by label files")
            .action(ArgAction::SetTrue),
        Arg::new("sight")
            .long("sight")
            .value_name("WORD")
            .help("How much of the flows the model sees: whole, headers only, one side only, without their beginning, or each")
            .default_value("whole")
            .value_parser(PossibleValuesParser::new(crate::labelled::Sight::NAMES)),
        format(&["text", "json"]),
    ])
}

fn labels() -> Arg {
    Arg::new("labels")
        .long("labels")
        .value_name("FILE")
        .help("CSV or TSV with proto, src, sport, dst, dport, label (and capture); may be repeated. Where none says what a flow is, its payload does")
        .action(ArgAction::Append)
        .value_parser(value_parser!(PathBuf))
}

/// A subcommand that reads captures and takes every setting.
fn reading(name: &'static str, about: &'static str) -> Command {
    reading_if_given(name, about).mut_arg("read", |read| read.required_unless_present("file"))
}

/// A subcommand that detects: it reads captures, takes every setting, and files beside the captures.
fn detecting(name: &'static str, about: &'static str) -> Command {
    reading(name, about).args(side_flags::args()).arg(baseline())
}

/// A subcommand that can read captures and takes every setting.
fn reading_if_given(name: &'static str, about: &'static str) -> Command {
    let read = Arg::new("read")
        .short('r')
        .long("read")
        .value_name("FILE")
        .help("Capture to read, - for standard input; a directory stands for the captures in it; several are read in order of time")
        .num_args(1..)
        .action(ArgAction::Append)
        .value_parser(value_parser!(PathBuf));
    let file = Arg::new("file")
        .value_name("FILE")
        .help("The same as -r FILE; after -- a name may begin with a dash")
        .num_args(0..)
        .action(ArgAction::Append)
        .value_parser(value_parser!(PathBuf));
    let model = Arg::new("model").long("model").value_name("FILE").help(
        "Model that names the protocol of flows whose payload shows none, instead of the built-in one; none for none",
    );
    setting_flags::add(Command::new(name).about(about).after_help(exit::HELP).args([read, file, model, quiet()]))
}

fn quiet() -> Arg {
    Arg::new("quiet")
        .short('q')
        .long("quiet")
        .help("No progress and no warnings on standard error")
        .action(ArgAction::SetTrue)
}

fn format(words: &'static [&'static str]) -> Arg {
    Arg::new("format")
        .short('T')
        .long("type")
        .value_name("FORMAT")
        .help("Output format")
        .default_value(words.first().copied().unwrap_or("text"))
        .value_parser(PossibleValuesParser::new(words))
}

fn output() -> Arg {
    Arg::new("output")
        .short('o')
        .long("output")
        .value_name("PATH")
        .help("Write there instead of standard output (-)")
        .value_parser(value_parser!(PathBuf))
}

fn force() -> Arg {
    Arg::new("force").long("force").help("Replace output files that exist and are not empty").action(ArgAction::SetTrue)
}

fn size(text: &str) -> Result<(u32, u32), String> {
    let side = |s: &str| s.parse::<u32>().ok().filter(|n| (200..=4096).contains(n));
    text.split_once(['x', 'X'])
        .and_then(|(w, h)| side(w).zip(side(h)))
        .ok_or_else(|| "expected two numbers from 200 to 4096, as in 1200x700".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn sizes_are_two_numbers_in_range() {
        assert_eq!(size("390x280"), Ok((390, 280)));
        for bad in ["", "x", "1200", "199x700", "1200x4097", "-1x300", "1e3x500", "1200x700x3"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }
}
