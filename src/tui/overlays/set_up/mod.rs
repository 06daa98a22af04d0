//! The form that connects a repository, or gives a connection another credential. Fields appear where they
//! apply; nothing is written before a test.

mod answer;
mod draw;
mod fields;
mod help;
mod pasted_key;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;

use super::{After, Answer, Tested};
use crate::engine::{Listing, Overview, Recognised, recognised};
use crate::problem::Provider;
use crate::tui::key::{Key, KeyCode};
use crate::tui::widgets::input::TextInput;
use crate::workspace::ProviderName;

use answer::Complaint;
use fields::{Field, Kind, PROVIDERS, Place, Which, provider};
use pasted_key::PastedKey;

/// What the form is for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Purpose {
    #[default]
    New,
    /// Another credential for this connection.
    Change(String),
}

/// A Git connection that is there, with the hosts of the repositories that use it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    name: String,
    about: String,
    hosts: Vec<String>,
}

/// Which connection a person chose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum ChosenConnection {
    /// None yet: one to the same host where there is one.
    #[default]
    Suggested,
    New,
    Known(String),
}

/// What is typed and chosen, and which field has the keys.
#[derive(Clone)]
pub struct SetUp {
    purpose: Purpose,
    /// Of the connection that is changed.
    usual_provider: Provider,
    known: Vec<Known>,
    inputs: BTreeMap<Field, TextInput>,
    places: BTreeMap<Which, Place>,
    /// Private keys that were pasted.
    keys: BTreeMap<Which, PastedKey>,
    kind: Kind,
    /// None: as the address says.
    chosen_provider: Option<ProviderName>,
    chosen_connection: ChosenConnection,
    field: Field,
    /// What is wrong with what was typed.
    complaint: Option<&'static str>,
}

/// Without what was typed: some of it is secret.
impl fmt::Debug for SetUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SetUp").field("purpose", &self.purpose).field("field", &self.field).finish_non_exhaustive()
    }
}

impl SetUp {
    /// For a new project.
    pub(super) fn project(overview: Option<&Overview>) -> Self {
        Self::begin(Purpose::New, Field::Address, overview)
    }

    /// For another credential of a connection.
    pub(super) fn credential(connection: &str, overview: Option<&Overview>) -> Self {
        let mut form = Self::begin(Purpose::Change(connection.to_owned()), Field::Kind, overview);
        form.kind = Kind::Token;
        let view = overview.and_then(|overview| overview.connections.iter().find(|known| known.name == connection));
        let is_of = |provider: &Provider| view.is_some_and(|view| view.provider == provider.name());
        let all = [Provider::GitHub, Provider::GitLab, Provider::Bitbucket];
        form.usual_provider = all.into_iter().find(is_of).unwrap_or(Provider::Other);
        let repository = overview.and_then(|overview| {
            let used = |project: &&crate::engine::ProjectView| project.connection.as_deref() == Some(connection);
            overview.projects.iter().find(used).map(|project| project.repository.clone())
        });
        if let Some(repository) = repository {
            form.input(Field::Address).set(&repository);
        }
        form
    }

    fn begin(purpose: Purpose, field: Field, overview: Option<&Overview>) -> Self {
        let known = overview.map(known).unwrap_or_default();
        Self {
            purpose,
            usual_provider: Provider::Other,
            known,
            field,
            inputs: BTreeMap::new(),
            places: BTreeMap::new(),
            keys: BTreeMap::new(),
            kind: Kind::Suggested,
            chosen_provider: None,
            chosen_connection: ChosenConnection::default(),
            complaint: None,
        }
    }

    fn input(&mut self, field: Field) -> &mut TextInput {
        self.inputs.entry(field).or_default()
    }

    fn typed(&self, field: Field) -> &str {
        self.inputs.get(&field).map_or("", |input| input.value())
    }

    fn trimmed(&self, field: Field) -> String {
        self.typed(field).trim().to_owned()
    }

    /// What the address says.
    fn read(&self) -> Recognised {
        recognised(self.typed(Field::Address))
    }

    /// Who hosts it: as chosen, else as the address says.
    fn provider(&self) -> Provider {
        match (self.chosen_provider, self.read().provider) {
            (Some(chosen), _) => provider(chosen),
            (None, Provider::Other) => self.usual_provider,
            (None, read) => read,
        }
    }

    /// The host of the pages that the help names.
    fn host(&self) -> String {
        let usual = match self.provider() {
            Provider::GitHub => "github.com",
            Provider::GitLab => "gitlab.com",
            Provider::Bitbucket => "bitbucket.org",
            Provider::Other => "HOST",
        };
        self.read().host.unwrap_or_else(|| usual.to_owned())
    }

    fn place(&self, which: Which) -> Place {
        let usual = which.places().first().copied().unwrap_or(Place::File);
        self.places.get(&which).copied().unwrap_or(usual)
    }

    fn kind(&self) -> Kind {
        let offered = Kind::of(self.provider(), self.purpose != Purpose::New);
        if offered.contains(&self.kind) { self.kind } else { Kind::Token }
    }

    /// The connection that is used: as chosen, else the one whose repositories are on the same host.
    fn connection(&self) -> Option<&str> {
        if self.purpose != Purpose::New {
            return None;
        }
        match &self.chosen_connection {
            ChosenConnection::New => return None,
            ChosenConnection::Known(name) => return Some(name),
            ChosenConnection::Suggested => {}
        }
        let host = self.read().host?;
        let same = |known: &&Known| known.hosts.iter().any(|known| known.eq_ignore_ascii_case(&host));
        self.known.iter().find(same).map(|known| known.name.as_str())
    }

    /// The fields that apply now, in their order.
    fn fields(&self) -> Vec<Field> {
        let place = |which| self.place(which);
        if self.purpose != Purpose::New {
            return [vec![Field::Kind], self.kind().fields(place)].concat();
        }
        let mut fields = vec![Field::Address];
        if !self.read().is_local {
            if !self.known.is_empty() {
                fields.push(Field::Connection);
            }
            if self.connection().is_none() {
                fields.extend([Field::Provider, Field::Kind]);
                fields.extend(self.kind().fields(place));
                if self.kind() != Kind::Suggested || self.read().is_ssh {
                    fields.push(Field::ConnectionName);
                }
            }
        }
        fields.extend([Field::Branch, Field::Path]);
        fields
    }

    /// The field with the keys: one that does not apply any more gives them to the one before.
    fn focused(&self) -> Field {
        let fields = self.fields();
        if fields.contains(&self.field) {
            return self.field;
        }
        let before = fields.iter().rev().find(|field| **field <= self.field);
        before.or(fields.first()).copied().unwrap_or(Field::Address)
    }

    pub(super) fn pressed(&mut self, key: Key) -> Answer {
        self.field = self.focused();
        let field = self.field;
        match key.code {
            KeyCode::Tab | KeyCode::Down => self.go(1),
            KeyCode::BackTab | KeyCode::Up => self.go(-1),
            KeyCode::Enter => return self.entered(),
            KeyCode::Char('n') if key.ctrl => self.go(1),
            KeyCode::Char('p') if key.ctrl => self.go(-1),
            KeyCode::Char('l') if key.ctrl => return self.listed(),
            KeyCode::Right | KeyCode::Char(' ') if field.is_choice() => self.choose(field, 1),
            KeyCode::Left if field.is_choice() => self.choose(field, -1),
            _ if field.is_choice() => {}
            _ if field.pasted_key().is_some() => self.key_typed(field, key),
            _ => {
                self.input(field).key(key.to_event());
                self.complaint = None;
            }
        }
        Answer::Stays
    }

    fn go(&mut self, steps: isize) {
        self.field = beside(&self.fields(), &self.field, steps).unwrap_or(Field::Address);
        self.complaint = None;
    }

    /// The next or the previous of a field's choices.
    fn choose(&mut self, field: Field, steps: isize) {
        self.complaint = None;
        match field {
            Field::Connection => {
                let names = self.known.iter().map(|known| Some(known.name.clone()));
                let all: Vec<Option<String>> = names.chain([None]).collect();
                let now = self.connection().map(str::to_owned);
                self.chosen_connection = match beside(&all, &now, steps).flatten() {
                    Some(name) => ChosenConnection::Known(name),
                    None => ChosenConnection::New,
                };
            }
            Field::Provider => {
                self.chosen_provider = beside(&PROVIDERS, &self.chosen_provider, steps).flatten();
            }
            Field::Kind => {
                let offered = Kind::of(self.provider(), self.purpose != Purpose::New);
                self.kind = beside(&offered, &self.kind(), steps).unwrap_or_default();
            }
            Field::Place(which) => {
                let place = beside(which.places(), &self.place(which), steps);
                self.places.extend(place.map(|place| (which, place)));
            }
            _ => {}
        }
    }

    /// Enter tests, from any field.
    fn entered(&mut self) -> Answer {
        match self.tested() {
            Ok(tested) => Answer::Opens(After::Test(tested)),
            Err(complaint) => self.complain(complaint),
        }
    }

    fn tested(&self) -> Result<Tested, Complaint> {
        Ok(match self.credential_wanted()? {
            Some(new) => Tested::Credential(Box::new(new)),
            None => Tested::Project(Box::new(self.described(true)?)),
        })
    }

    /// What there is to choose from, where the field has a list.
    fn listed(&mut self) -> Answer {
        let listing = match (&self.purpose, self.field) {
            (Purpose::New, Field::Branch) => Listing::Branches,
            (Purpose::New, Field::Path) => Listing::ProjectPaths,
            (Purpose::New, Field::Address) => Listing::Repositories,
            _ => {
                self.complaint = Some("there is no list for this field");
                return Answer::Stays;
            }
        };
        match self.described(listing != Listing::Repositories) {
            Ok(new) => Answer::Opens(After::List(listing, Box::new(new))),
            Err(complaint) => self.complain(complaint),
        }
    }

    fn complain(&mut self, (field, complaint): Complaint) -> Answer {
        (self.field, self.complaint) = (field, Some(complaint));
        Answer::Stays
    }

    /// Takes what was chosen from a list.
    pub(super) fn picked(&mut self, listing: Listing, value: &str) {
        let field = match listing {
            Listing::Repositories => Field::Address,
            Listing::Branches => Field::Branch,
            Listing::ProjectPaths => Field::Path,
        };
        self.input(field).set(value);
        (self.field, self.complaint) = (field, None);
    }

    /// The key whose field has the keys, be it for the key itself or for where it is.
    fn key_at_hand(&self) -> Option<Which> {
        match self.focused() {
            Field::Place(which) | Field::Secret(which, Place::File | Place::Typed) if which.is_key() => Some(which),
            _ => None,
        }
    }

    /// Whether text of several lines may be pasted now.
    pub(super) fn takes_lines(&self) -> bool {
        self.key_at_hand().is_some()
    }

    pub(super) fn pasted(&mut self, text: &str) {
        let (field, is_long) = (self.focused(), text.contains(['\r', '\n']));
        self.complaint = None;
        match self.key_at_hand() {
            Some(which) if is_long || field.pasted_key().is_some() => {
                match PastedKey::read(text) {
                    Ok(key) => {
                        self.keys.insert(which, key);
                        // A key that is pasted where its file is asked for is meant itself.
                        self.places.insert(which, Place::Typed);
                        self.field = Field::Secret(which, Place::Typed);
                    }
                    Err(complaint) => self.complaint = Some(complaint),
                }
            }
            _ if !field.is_choice() => {
                self.input(field).paste(text);
            }
            _ => {}
        }
    }

    /// A key that was pasted can be taken out again; nothing else is done to it by hand.
    fn key_typed(&mut self, field: Field, key: Key) {
        let is_out = matches!(key.code, KeyCode::Backspace | KeyCode::Delete)
            || (key.ctrl && matches!(key.code, KeyCode::Char('u' | 'w' | 'k' | 'h' | 'd')));
        self.complaint = match (field.pasted_key(), key.code) {
            (Some(which), _) if is_out => {
                self.keys.remove(&which);
                None
            }
            (_, KeyCode::Char(_)) => Some("a key is pasted, with all its lines, and not typed"),
            _ => None,
        };
    }
}

fn known(overview: &Overview) -> Vec<Known> {
    let of = |connection: &crate::engine::ConnectionView| {
        let users = overview.projects.iter().filter(|project| project.connection.as_ref() == Some(&connection.name));
        Known {
            name: connection.name.clone(),
            about: format!("{}, {}", connection.provider, connection.auth),
            hosts: users.filter_map(|project| recognised(&project.repository).host).collect(),
        }
    };
    overview.connections.iter().map(of).collect()
}

/// The one some steps on, round and round.
fn beside<T: Clone + PartialEq>(all: &[T], now: &T, steps: isize) -> Option<T> {
    let at = all.iter().position(|one| one == now).unwrap_or(0);
    let next = (at as isize + steps).rem_euclid(all.len().max(1) as isize);
    all.get(next as usize).cloned()
}
