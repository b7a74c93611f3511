//! The treaty library as it was when this program was built, so that it runs from anywhere.

use comity_language::library::InMemory;

// A list that is kept by hand, and not a build script or a macro crate that walks the folder: it needs no build
// step, an editor can follow each path, and the test below names any file that was added and not put in.
macro_rules! embedded {
    ($($path:literal,)+) => {
        /// Path in the library and text, sorted.
        pub(crate) const FILES: &[(&str, &str)] =
            &[$(($path, include_str!(concat!("../../../workflows/", $path)))),+];
    };
}

embedded! {
    "au-extradition-act/NOTES.md",
    "au-extradition-act/articles.md",
    "au-extradition-act/extradition.chronology.md",
    "au-extradition-act/extradition.yaml",
    "au-extradition-act/transit.chronology.md",
    "au-extradition-act/transit.yaml",
    "calendars/ca-federal.yaml",
    "calendars/england-and-wales.yaml",
    "calendars/nz.yaml",
    "canada-extradition-act/NOTES.md",
    "canada-extradition-act/articles.md",
    "canada-extradition-act/extradition.chronology.md",
    "canada-extradition-act/extradition.yaml",
    "canada-extradition-act/interpretation-act.md",
    "canada-extradition-act/judgments.md",
    "canada-extradition-act/judicial-review.yaml",
    "canada-extradition-act/review-and-temporary.chronology.md",
    "canada-extradition-act/surrender.chronology.md",
    "canada-extradition-act/surrender.yaml",
    "canada-extradition-act/temporary-surrender.chronology.md",
    "canada-extradition-act/temporary-surrender.yaml",
    "canada-extradition-act/us-ca-2018.chronology.md",
    "canada-extradition-act/us-canada-treaty.md",
    "coe-extradition/NOTES.md",
    "coe-extradition/articles-first.md",
    "coe-extradition/articles-fourth.md",
    "coe-extradition/articles-second.md",
    "coe-extradition/articles-third.md",
    "coe-extradition/articles.md",
    "coe-extradition/kr-dk-2017.chronology.md",
    "coe-extradition/kr-fr-2014.chronology.md",
    "coe-extradition/speciality-denmark.chronology.md",
    "coe-extradition/speciality-denmark.yaml",
    "coe-extradition/speciality-france.chronology.md",
    "coe-extradition/speciality-france.yaml",
    "coe-extradition/to-denmark.chronology.md",
    "coe-extradition/to-denmark.yaml",
    "coe-extradition/to-france.chronology.md",
    "coe-extradition/to-france.yaml",
    "counting/ca-interpretation.yaml",
    "counting/de-bgb.yaml",
    "counting/ets-76.yaml",
    "counting/eu-1182-71.yaml",
    "counting/ie-interpretation.yaml",
    "counting/kr-cpa-66.yaml",
    "counting/nz-legislation-54.yaml",
    "counting/uk-starting-with.yaml",
    "counting/us-calendar-months.yaml",
    "de-irg/NOTES.md",
    "de-irg/after-surrender.chronology.md",
    "de-irg/after-surrender.yaml",
    "de-irg/articles.md",
    "de-irg/extradition.chronology.md",
    "de-irg/extradition.yaml",
    "de-irg/surrender.chronology.md",
    "de-irg/surrender.yaml",
    "eu-arrest-warrant/articles.md",
    "eu-investigation-order/NOTES.md",
    "eu-investigation-order/articles.md",
    "eu-investigation-order/de-fr-2020.chronology.md",
    "eu-investigation-order/interception-notice.chronology.md",
    "eu-investigation-order/interception-notice.yaml",
    "eu-investigation-order/order.chronology.md",
    "eu-investigation-order/order.yaml",
    "eu-investigation-order/provisional-measure.chronology.md",
    "eu-investigation-order/provisional-measure.yaml",
    "ie-eaw-act/NOTES.md",
    "ie-eaw-act/after-surrender.chronology.md",
    "ie-eaw-act/after-surrender.yaml",
    "ie-eaw-act/articles.md",
    "ie-eaw-act/surrender-limits.chronology.md",
    "ie-eaw-act/surrender.chronology.md",
    "ie-eaw-act/surrender.yaml",
    "kr-criminal-procedure/articles.md",
    "kr-extradition-act/NOTES.md",
    "kr-extradition-act/articles.md",
    "kr-extradition-act/extradition.chronology.md",
    "kr-extradition-act/extradition.yaml",
    "kr-extradition-act/jp-kr-2012.chronology.md",
    "kr-extradition-act/speciality.chronology.md",
    "kr-extradition-act/speciality.yaml",
    "kr-extradition-act/things.chronology.md",
    "kr-extradition-act/things.yaml",
    "kr-extradition-act/transit.chronology.md",
    "kr-extradition-act/transit.yaml",
    "kr-extradition-act/us-kr-2020.chronology.md",
    "kr-mla-act/articles.md",
    "kr-nhrck/NOTES.md",
    "kr-nhrck/articles.md",
    "kr-nhrck/recommendation.chronology.md",
    "kr-nhrck/recommendation.yaml",
    "nz-arrest-warrant/NOTES.md",
    "nz-arrest-warrant/articles.md",
    "nz-arrest-warrant/immunity.chronology.md",
    "nz-arrest-warrant/warrant.chronology.md",
    "nz-arrest-warrant/warrant.yaml",
    "nz-diplomatic-act/articles.md",
    "nz-extradition-act/NOTES.md",
    "nz-extradition-act/articles.md",
    "nz-extradition-act/backed-warrant.chronology.md",
    "nz-extradition-act/backed-warrant.yaml",
    "nz-extradition-act/cn-nz-2011.chronology.md",
    "nz-extradition-act/extradition.chronology.md",
    "nz-extradition-act/extradition.yaml",
    "nz-extradition-act/persons-surrendered.chronology.md",
    "nz-extradition-act/persons-surrendered.yaml",
    "nz-extradition-act/surrender.chronology.md",
    "nz-extradition-act/surrender.yaml",
    "nz-interpretation-act/articles.md",
    "nz-kr-mla/NOTES.md",
    "nz-kr-mla/articles.md",
    "nz-kr-mla/mla-to-korea.chronology.md",
    "nz-kr-mla/mla-to-korea.yaml",
    "nz-kr-mla/mla-to-new-zealand.chronology.md",
    "nz-kr-mla/mla-to-new-zealand.yaml",
    "nz-kr/NOTES.md",
    "nz-kr/articles.md",
    "nz-kr/case-2022.chronology.md",
    "nz-kr/extradition.chronology.md",
    "nz-kr/extradition.yaml",
    "nz-kr/immunity.chronology.md",
    "nz-kr/matter-2017-2020.chronology.md",
    "nz-kr/matter-hypothetical-in-time.chronology.md",
    "nz-kr/matter-hypothetical-too-late.chronology.md",
    "nz-macma/articles.md",
    "uk-extradition-act-part-1/NOTES.md",
    "uk-extradition-act-part-1/afterwards.chronology.md",
    "uk-extradition-act-part-1/afterwards.yaml",
    "uk-extradition-act-part-1/articles.md",
    "uk-extradition-act-part-1/hearing.chronology.md",
    "uk-extradition-act-part-1/hearing.yaml",
    "uk-extradition-act-part-1/surrender.chronology.md",
    "uk-extradition-act-part-1/surrender.yaml",
    "uk-extradition-act-part-1/tca-articles.md",
    "uk-extradition-act-part-2/NOTES.md",
    "uk-extradition-act-part-2/appeal.chronology.md",
    "uk-extradition-act-part-2/appeal.yaml",
    "uk-extradition-act-part-2/articles.md",
    "uk-extradition-act-part-2/criminal-procedure-rules.md",
    "uk-extradition-act-part-2/deferral.chronology.md",
    "uk-extradition-act-part-2/deferral.yaml",
    "uk-extradition-act-part-2/designation-order.md",
    "uk-extradition-act-part-2/extradition.chronology.md",
    "uk-extradition-act-part-2/extradition.yaml",
    "uk-extradition-act-part-2/in-gb-2017.chronology.md",
    "uk-extradition-act-part-2/linked.chronology.md",
    "uk-extradition-act-part-2/provisional-arrest.chronology.md",
    "uk-extradition-act-part-2/provisional-arrest.yaml",
    "uk-extradition-act-part-2/us-gb-2019.chronology.md",
    "uk-extradition-act-part-2/us-treaty.md",
    "un-model-extradition/NOTES.md",
    "un-model-extradition/articles.md",
    "un-model-extradition/extradition.chronology.md",
    "un-model-extradition/extradition.yaml",
    "un-model-extradition/speciality.chronology.md",
    "un-model-extradition/speciality.yaml",
    "un-model-mla/NOTES.md",
    "un-model-mla/articles.md",
    "un-model-mla/assistance.chronology.md",
    "un-model-mla/assistance.yaml",
    "un-model-mla/attendance.chronology.md",
    "un-model-mla/attendance.yaml",
    "us-code-209/NOTES.md",
    "us-code-209/articles-treaties.md",
    "us-code-209/articles-us-canada.md",
    "us-code-209/articles-us-uk.md",
    "us-code-209/articles.md",
    "us-code-209/comity.chronology.md",
    "us-code-209/extradition.chronology.md",
    "us-code-209/extradition.yaml",
    "us-code-209/jp-us-2020.chronology.md",
    "us-code-209/kr-us-2009.chronology.md",
    "us-code-209/united-kingdom.chronology.md",
    "vienna-consular/NOTES.md",
    "vienna-consular/arrest-notice.chronology.md",
    "vienna-consular/arrest-notice.yaml",
    "vienna-consular/articles-nz-act.md",
    "vienna-consular/articles.md",
    "vienna-consular/waiver.chronology.md",
    "vienna-consular/waiver.yaml",
    "vienna-diplomatic/NOTES.md",
    "vienna-diplomatic/articles.md",
    "vienna-diplomatic/waiver.chronology.md",
    "vienna-diplomatic/waiver.yaml",
}

/// All files.
pub(crate) fn library() -> InMemory {
    FILES.iter().fold(InMemory::default(), |files, (path, text)| files.with(*path, text.as_bytes()))
}

/// The text of one file.
pub(crate) fn text(path: &str) -> Option<&'static str> {
    FILES.iter().find(|(known, _)| *known == path).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use comity_language::library::{Disk, Files};

    use super::*;

    #[test]
    fn every_file_of_the_library_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../workflows");
        let there: Vec<String> = Disk::new(folder)
            .list()
            .unwrap()
            .into_iter()
            .filter(|path| !path.ends_with("README.md"))
            .collect();
        let listed: Vec<&str> = FILES.iter().map(|(path, _)| *path).collect();
        assert_eq!(listed, there, "write the missing ones into the list of crates/cli/src/embedded.rs");
    }
}
