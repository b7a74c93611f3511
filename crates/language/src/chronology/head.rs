//! The head of a chronology: its cases, its zone, and what is known from the start.

use std::ops::Range;

use comity_core::time::Zone;

use super::item::Piece;
use super::model::{CaseDecl, FactDecl, LinkDecl};
use crate::code::Code;
use crate::diagnostic::Slip;
use crate::file::Text;

const KEYS: [&str; 6] = ["procedure", "zone", "facts", "hypothetical", "cases", "links"];

/// What the head says, as far as it could be read.
#[derive(Default)]
pub(super) struct Head {
    pub(super) title: Option<Text>,
    pub(super) cases: Vec<CaseDecl>,
    pub(super) links: Vec<LinkDecl>,
    pub(super) zone: Option<Zone>,
    pub(super) facts: Vec<FactDecl>,
    pub(super) is_hypothetical: bool,
    facts_written: Vec<(Start, String)>,
    list: Option<&'static str>,
    seen: Vec<&'static str>,
    /// Whether free prose has begun, in which a colon means nothing.
    in_prose: bool,
}

/// A start that outlives the line it was read from.
type Start = usize;

impl Head {
    pub(super) fn line(&mut self, line: Piece<'_>, slips: &mut Vec<Slip>) {
        if line.text.is_empty() {
            self.list = None;
            return;
        }
        if let (Some(list), Some(entry)) = (self.list, line.after("-")) {
            let read = if list == "cases" { self.case(entry) } else { self.link(entry) };
            slips.extend(read.err());
            return;
        }
        match line.split_once(":") {
            Some((key, value)) => self.pair(key, value, slips),
            None => self.in_prose = true,
        }
    }

    /// A key with its value.
    pub(super) fn pair(&mut self, key: Piece<'_>, value: Piece<'_>, slips: &mut Vec<Slip>) {
        let Some(known) = KEYS.into_iter().find(|known| *known == key.text) else {
            let looks_like_a_key = key.text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
            if !self.in_prose && looks_like_a_key {
                let slip = key.slip(Code::BadHeader, format!("`{}` means nothing in the head", key.text));
                let slip = slip.meant(Some((key.text, &KEYS)));
                slips.push(slip.remedy(format!("the head has {}", KEYS.join(", "))));
            } else {
                self.in_prose = true;
            }
            return;
        };
        if self.seen.contains(&known) {
            slips.push(key.slip(Code::BadHeader, format!("`{known}` stands twice in the head")));
        }
        self.seen.push(known);
        slips.extend(self.entry(known, value).err());
    }

    fn entry(&mut self, key: &'static str, value: Piece<'_>) -> Result<(), Slip> {
        match key {
            "procedure" if value.text.is_empty() => {
                return Err(value
                    .slip(Code::BadHeader, "`procedure` has no value")
                    .remedy("write `procedure: folder/name`"));
            }
            "procedure" => self.cases.push(CaseDecl { key: None, procedure: value.owned() }),
            "zone" => match Zone::named(value.text) {
                Ok(zone) => self.zone = Some(zone),
                Err(bad) => return Err(value.slip(Code::BadHeader, bad.to_string())),
            },
            "facts" => {
                self.facts_written
                    .extend(value.parts(';').iter().map(|part| (part.start, part.text.to_owned())));
            }
            "hypothetical" => match value.text {
                "yes" => self.is_hypothetical = true,
                "no" => {}
                other => {
                    let slip = value.slip(Code::BadHeader, format!("`{other}` is neither `yes` nor `no`"));
                    return Err(slip);
                }
            },
            _ => self.list = Some(key),
        }
        Ok(())
    }

    pub(super) fn case(&mut self, entry: Piece<'_>) -> Result<(), Slip> {
        match entry.split_once(":") {
            Some((key, procedure)) if !key.text.is_empty() && !procedure.text.is_empty() => {
                if self.has_case(key.text) {
                    return Err(key.slip(Code::BadHeader, format!("the case `{}` stands twice", key.text)));
                }
                self.cases.push(CaseDecl { key: Some(key.owned()), procedure: procedure.owned() });
                Ok(())
            }
            Some(_) | None => {
                let slip = entry.slip(Code::BadHeader, format!("`{}` is no case", entry.text));
                Err(slip.remedy("write `- key: folder/procedure`"))
            }
        }
    }

    pub(super) fn link(&mut self, entry: Piece<'_>) -> Result<(), Slip> {
        let read = entry.split_once("->").and_then(|(from, to)| {
            let (case, link) = from.split_once(".")?;
            Some((case, link, to))
                .filter(|(case, link, to)| ![case, link, to].iter().any(|part| part.text.is_empty()))
        });
        let Some((case, link, to)) = read else {
            let slip = entry.slip(Code::BadHeader, format!("`{}` is no link", entry.text));
            return Err(slip.remedy("write `- case.link -> case`"));
        };
        self.links.push(LinkDecl { case: case.owned(), link: link.owned(), to: to.owned() });
        Ok(())
    }

    pub(super) fn has_case(&self, key: &str) -> bool {
        self.keys().any(|known| known == key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.cases.iter().filter_map(|case| case.key.as_ref()).map(|key| key.value.as_str())
    }

    pub(super) fn has_several(&self) -> bool {
        self.cases.iter().any(|case| case.key.is_some())
    }

    pub(super) fn unknown_case(&self, name: &str, span: Range<usize>) -> Slip {
        let known: Vec<_> = self.keys().collect();
        Slip::at(Code::UnknownCase, span, format!("`{name}` is no case of this chronology"))
            .meant(Some((name, known.as_slice())))
            .remedy(format!("the head declares {}", known.join(", ")))
    }

    /// What can be said only once the whole head is read.
    pub(super) fn finish(&mut self, slips: &mut Vec<Slip>) {
        if self.title.is_none() {
            slips.push(
                Slip::at(Code::BadHeader, 0..0, "the chronology has no title")
                    .remedy("begin it with `# Title`"),
            );
        }
        if self.cases.is_empty() {
            let slip = Slip::at(Code::BadHeader, 0..0, "the head does not say which procedure this is about");
            slips.push(slip.remedy("write `procedure: folder/name`, or `cases:` with a list of them"));
        } else if self.has_several() && self.cases.iter().any(|case| case.key.is_none()) {
            let slip = Slip::at(Code::BadHeader, 0..0, "the head has both `procedure` and `cases`");
            slips.push(slip.remedy("keep one of the two"));
        }
        if self.zone.is_none() && !self.seen.contains(&"zone") {
            let slip =
                Slip::at(Code::BadHeader, 0..0, "the head does not say in which zone its times are written");
            slips.push(slip.remedy("write `zone: Asia/Seoul`, say"));
        }
        for (start, text) in std::mem::take(&mut self.facts_written) {
            match self.fact(Piece { text: &text, start }) {
                Ok(fact) => self.facts.push(fact),
                Err(slip) => slips.push(slip),
            }
        }
        for link in &self.links {
            for case in [&link.case, &link.to] {
                if !self.has_case(&case.value) {
                    slips.push(self.unknown_case(&case.value, case.span.clone()));
                }
            }
        }
    }

    fn fact(&self, piece: Piece<'_>) -> Result<FactDecl, Slip> {
        let form = if self.has_several() { "case.fact = value" } else { "fact = value" };
        let bad = || {
            let slip = piece.slip(Code::BadHeader, format!("`{}` is no fact with its value", piece.text));
            slip.remedy(format!("write `facts: {form}; …`"))
        };
        let (name, value) = piece.split_once("=").ok_or_else(bad)?;
        if name.text.is_empty() || value.text.is_empty() {
            return Err(bad());
        }
        if !self.has_several() {
            return Ok(FactDecl { case: None, fact: name.owned(), value: value.owned() });
        }
        let (case, fact) = name.split_once(".").ok_or_else(bad)?;
        if !self.has_case(case.text) {
            return Err(self.unknown_case(case.text, case.span()));
        }
        Ok(FactDecl { case: Some(case.owned()), fact: fact.owned(), value: value.owned() })
    }
}
