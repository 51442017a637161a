//! GitHub's runner, as far as it reads what steps print, and what would deceive it.

/// What a program may write to get out of the place it is quoted in.
pub const HOSTILE: &[&str] = &[
    "::set-output name=a::b",
    "x\n::add-mask::secret",
    "x\r\n  ::stop-commands::token",
    "x\r::error::forged",
    "x%0A::add-mask::secret%0D%0A::error::forged",
    "##[add-mask]secret",
    "see ##[set-env name=PATH;]/tmp here",
    "\u{ad}::add-mask::secret",
    "\u{2028}::add-mask::secret\u{85}::add-mask::secret",
    "a,file=/etc/passwd,line=1::forged",
    "```\n# heading\n```",
    "~~~\n````````````\n</details><img src=x onerror=alert(1)>",
    "| a | b |\n|---|---|\n| c",
    "<script>alert(1)</script><!-- <b>",
    "[link](https://example.com) ![i](x) **b** _i_ `code` www.example.com @someone #1",
    "]]> &amp; &lt; \" ' <![CDATA[",
    "\u{0}\u{1}\u{8}\u{b}\u{1b}[31m\u{7f}\u{9b}31m\u{fffe}\u{ffff}",
    "\u{202e}turned\u{2066}",
    "\\| \\",
    "- item",
    "    code",
    "\tcode",
    "1) one",
    "---",
    "",
];

/// The lines that GitHub's runner would carry out as commands, read as it reads them: after white space
/// and unseen characters `::name…::`, or anywhere `##[name…]`.
pub fn commands(output: &str) -> Vec<String> {
    const KNOWN: &[&str] = &[
        "add-mask",
        "add-matcher",
        "add-path",
        "debug",
        "echo",
        "endgroup",
        "error",
        "group",
        "notice",
        "remove-matcher",
        "save-state",
        "set-env",
        "set-output",
        "stop-commands",
        "warning",
    ];
    let name = |text: &str| text.split(' ').next().map(str::to_lowercase);
    let is_known = |text: &str| name(text).is_some_and(|name| KNOWN.contains(&name.as_str()));
    let unseen =
        |c: char| c.is_whitespace() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{fe0f}');
    output
        .split(['\n', '\r'])
        .filter(|line| {
            let bare: String = line
                .chars()
                .filter(|c| c.is_ascii_whitespace() || !unseen(*c))
                .collect();
            let new = bare.trim_start().strip_prefix("::");
            let new = new.and_then(|rest| rest.split_once("::"));
            let old = bare
                .split_once("##[")
                .and_then(|(_, rest)| rest.split_once(']'));
            new.is_some_and(|(head, _)| is_known(head))
                || old.is_some_and(|(head, _)| is_known(head))
        })
        .map(str::to_string)
        .collect()
}
