//! The States of a procedure: which they are, and whose days count.

use super::rows::Builder;
use super::scope::Scopes;
use crate::procedure::draft::{FactTypeDraft, Marked, Row, SideDraft, StateDraft};
use crate::procedure::flaw::FlawCode;
use crate::procedure::model::{Side, SideId, SideState};
use crate::table::Table;
use crate::time::Zone;
use crate::value::{BadCountry, Country};

/// The deciding State: where its documents and facts are dated.
pub(super) fn home(scopes: &Scopes) -> Option<SideId> {
    ["requested", "receiving"]
        .iter()
        .find_map(|side| scopes.sides.names.find(side))
        .or_else(|| scopes.sides.names.ids().next())
}

impl Builder<'_> {
    pub(super) fn sides(&mut self) -> Table<SideId, Side> {
        let draft = self.draft;
        if draft.sides.is_empty() {
            self.flaw(
                FlawCode::MissingChoice,
                draft.procedure.mark,
                "the procedure has no side".to_owned(),
                "name the States under `sides:`",
            );
        }
        let home = home(self.scopes).map(|home| self.scopes.sides.names.name(home).as_str());
        let home = home.and_then(|home| draft.sides.iter().find(|row| row.name.value == home));
        self.table(&draft.sides, |builder, row| {
            let (state, zone) = (builder.state(row), builder.zone_of_side(row, home));
            Some(Side { state: state?, zone: zone? })
        })
    }

    fn state(&mut self, row: &Row<SideDraft>) -> Option<SideState> {
        match &row.value.state {
            StateDraft::The(written) => self.country(written).map(SideState::The),
            StateDraft::InFact(written) => {
                let fact = self.scopes.facts.find(written, self.flaws)?;
                let declared = self.draft.facts.iter().find(|row| row.name.value == written.value)?;
                if declared.value.of != FactTypeDraft::Country {
                    let message = format!("`{}` holds no State", written.value);
                    self.flaw(FlawCode::WrongType, written.mark, message, "give the fact `type: country`");
                    return None;
                }
                Some(SideState::InFact(fact))
            }
        }
    }

    fn country(&mut self, written: &Marked<String>) -> Option<Country> {
        let read = written.value.parse();
        read.map_err(|bad: BadCountry| {
            self.flaw(FlawCode::WrongType, written.mark, bad.to_string(), "write two capital letters");
        })
        .ok()
    }

    /// A State that differs from case to case has no zone that could be written here, so what its authorities do is
    /// dated where the case is decided.
    fn zone_of_side(&mut self, row: &Row<SideDraft>, home: Option<&Row<SideDraft>>) -> Option<Zone> {
        let name = &row.name;
        match (&row.value.state, &row.value.zone) {
            (StateDraft::The(_), Some(zone)) => self.zone(zone),
            (StateDraft::The(_), None) => {
                let message = format!("`{}` does not say whose days count there", name.value);
                self.flaw(FlawCode::MissingChoice, name.mark, message, "write `zone:`, such as Asia/Seoul");
                None
            }
            (StateDraft::InFact(_), Some(zone)) => {
                let message =
                    format!("`{}` is another State from case to case, and has one zone", name.value);
                self.flaw(FlawCode::Contradiction, zone.mark, message, "leave `zone` out, or name the State");
                None
            }
            (StateDraft::InFact(_), None) => {
                let elsewhere = home.filter(|home| home.name != *name);
                let zone = elsewhere.and_then(|home| home.value.zone.as_ref());
                if zone.is_none() {
                    let message = format!("`{}` decides, and no zone is known whose days count", name.value);
                    self.flaw(FlawCode::Contradiction, name.mark, message, "name the State that decides");
                }
                // What is wrong with that zone is told at its own side.
                zone.and_then(|zone| Zone::named(&zone.value).ok())
            }
        }
    }

    fn zone(&mut self, written: &Marked<String>) -> Option<Zone> {
        let read = Zone::named(&written.value);
        read.map_err(|bad| {
            self.flaw(FlawCode::WrongType, written.mark, bad.to_string(), "limits end at midnight there");
        })
        .ok()
    }

    /// The side whose days a clock counts, which must be those of one State.
    pub(super) fn side_that_counts(&mut self, written: &Marked<String>) -> Option<SideId> {
        let side = self.scopes.sides.find(written, self.flaws)?;
        let declared = self.draft.sides.iter().find(|row| row.name.value == written.value);
        if let Some(StateDraft::InFact(_)) = declared.map(|row| &row.value.state) {
            let message =
                format!("the days of `{}` are those of another State from case to case", written.value);
            self.flaw(
                FlawCode::Contradiction,
                written.mark,
                message,
                "count in the days of the State that decides",
            );
            return None;
        }
        Some(side)
    }
}
