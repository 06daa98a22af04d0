//! Writes a dbt project of a given number of models, the same one for the same number every time: what
//! real projects are made of, in their proportions. Two fifths read a source, three tenths are
//! intermediate (one in six ephemeral), three tenths are marts (one in five incremental). Compiles
//! without a warehouse. It is a workload, not a fixture: nothing is asserted of it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use super::macros::MACROS;

const AREAS: [&str; 8] = ["berths", "cargo", "crew", "customs", "finance", "fleet", "fuel", "safety"];
const SYSTEMS: [&str; 9] =
    ["ais", "billing", "booking", "cranes", "gate", "manifests", "pilots", "radio", "weather_feed"];
const THINGS: [&str; 12] = [
    "arrivals",
    "containers",
    "contracts",
    "departures",
    "inspections",
    "invoices",
    "moves",
    "permits",
    "readings",
    "ships",
    "shifts",
    "tariffs",
];
const COLUMNS: [&str; 12] = [
    "weight",
    "fee",
    "status",
    "country",
    "captain",
    "opened_at",
    "closed_at",
    "lane",
    "draught",
    "operator",
    "priority",
    "remark",
];

/// Models that one YAML file describes at most.
const ENTRIES_PER_FILE: usize = 25;

/// Numbers that look random and are not (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) as usize % sides.max(1)
    }

    /// A few different columns, in the list's order.
    fn columns(&mut self, count: usize) -> Vec<&'static str> {
        let mut left = count;
        let mut chosen = Vec::new();
        for (index, column) in COLUMNS.into_iter().enumerate() {
            if self.roll(COLUMNS.len() - index) < left {
                chosen.push(column);
                left -= 1;
            }
        }
        chosen
    }
}

/// Writes a project of about `models` models into `folder`.
pub fn write(folder: &Path, models: usize) -> io::Result<()> {
    let mut writer = Writer { folder, dice: Dice(models as u64), names: Vec::new(), entries: BTreeMap::new() };
    writer.settings(models)?;
    let (staged, stepped) = (models * 2 / 5, models * 3 / 10);
    writer.sources(staged)?;
    for number in 0..staged {
        writer.staged(number)?;
    }
    for number in 0..stepped {
        writer.step(number)?;
    }
    for number in 0..models - staged - stepped {
        writer.mart(number)?;
    }
    writer.others(models)?;
    writer.properties()
}

struct Writer<'a> {
    folder: &'a Path,
    dice: Dice,
    /// Models so far, each of which later ones can refer to.
    names: Vec<String>,
    /// Folder -> what its YAML files say.
    entries: BTreeMap<String, Vec<String>>,
}

impl Writer<'_> {
    fn file(&self, path: &str, text: &str) -> io::Result<()> {
        let path = self.folder.join(path);
        if let Some(above) = path.parent() {
            fs::create_dir_all(above)?;
        }
        fs::write(path, text)
    }

    fn settings(&self, models: usize) -> io::Result<()> {
        self.file("dbt_project.yml", include_str!("dbt_project.yml"))?;
        self.file("profiles.yml", include_str!("profiles.yml"))?;
        for (path, text) in MACROS {
            self.file(path, text)?;
        }
        for number in 0..10 + models / 100 {
            let text = format!(
                "{{% macro grade_{number:03}(column, limits={{'low': {number}, 'high': [{number}, 9]}}) -%}}\n\
                 {{%- set found = namespace(top=0) -%}}\n\
                 {{%- for name, limit in limits.items() -%}}\n\
                 {{%- if limit is iterable and limit is not string -%}}{{%- set found.top = found.top + limit | sum -%}}\n\
                 {{%- else -%}}{{%- set found.top = found.top + limit -%}}{{%- endif -%}}\n\
                 {{%- endfor -%}}\n\
                 coalesce({{{{ column }}}}, {{{{ found.top }}}})\n\
                 {{%- endmacro %}}\n"
            );
            self.file(&format!("macros/grades/grade_{number:03}.sql"), &text)?;
        }
        let docs =
            COLUMNS.map(|column| format!("{{% docs {column} %}}\nThe *{column}* as it was told.\n{{% enddocs %}}\n"));
        self.file("models/columns.md", &docs.join("\n"))?;
        let groups = AREAS.map(|area| format!("  - name: {area}\n    owner: {{email: {area}@harbour.example}}\n"));
        self.file("models/groups.yml", &format!("groups:\n{}", groups.concat()))
    }

    fn table(number: usize) -> (&'static str, String) {
        let system = SYSTEMS[number % SYSTEMS.len()];
        let round = number / (SYSTEMS.len() * THINGS.len());
        let thing = THINGS[number / SYSTEMS.len() % THINGS.len()];
        (system, if round == 0 { thing.to_owned() } else { format!("{thing}_{round}") })
    }

    fn sources(&self, staged: usize) -> io::Result<()> {
        let mut tables: BTreeMap<&str, String> = BTreeMap::new();
        for number in 0..staged {
            let (system, table) = Self::table(number);
            let list = tables.entry(system).or_default();
            let _infallible = writeln!(list, "      - name: {table}");
            if number.is_multiple_of(4) {
                list.push_str("        columns:\n          - name: id\n            tests: [not_null]\n");
            }
        }
        for (system, list) in tables {
            let text = format!(
                "version: 2\nsources:\n  - name: {system}\n    schema: \"{{{{ var('landing', 'landing') }}}}_{system}\"\n    loader: pipes\n    tags: [landing]\n    tables:\n{list}"
            );
            self.file(&format!("models/staged/{system}/sources.yml"), &text)?;
        }
        Ok(())
    }

    fn staged(&mut self, number: usize) -> io::Result<()> {
        let (system, table) = Self::table(number);
        let name = format!("stg_{system}__{table}");
        let count = 3 + self.dice.roll(6);
        let columns = self.dice.columns(count);
        let mut text = String::new();
        if number.is_multiple_of(9) {
            text.push_str("{{ config(materialized='view', tags=['landing'], meta={'steward': 'pier', 'rank': 2}) }}\n");
        }
        let _infallible = write!(
            text,
            "with landed as (select * from {{{{ source('{system}', '{table}') }}}})\n\nselect\n    id,\n    {{{{ key_of(['id', \"'{system}'\"]) }}}} as {table}_key"
        );
        for column in &columns {
            let said = match *column {
                "fee" => "{{ in_euros('fee') }} as fee".to_owned(),
                "captain" => format!("{{{{ grade_{:03}('captain', {{'low': 1}}) }}}} as captain", number % 10),
                "status" => "case when status in ({% for word in ['open', 'held'] %}'{{ word }}'{{ ', ' if not loop.last }}{% endfor %}) then status end as status".to_owned(),
                other => other.to_owned(),
            };
            let _infallible = write!(text, ",\n    {said}");
        }
        text.push_str(
            "\nfrom landed\n{% if target.name != 'prod' %}where opened_at >= '{{ var('since') }}'{% endif %}\n",
        );
        self.model(&format!("models/staged/{system}/part_{}", number / 400), name, &text, &columns, 6)
    }

    /// Some of the models so far.
    fn parents(&mut self, most: usize) -> Vec<String> {
        let count = 1 + self.dice.roll(most);
        let mut parents: Vec<String> = Vec::with_capacity(count);
        for _ in 0..count {
            let place = self.dice.roll(self.names.len());
            let parent = self.names.get(place).filter(|parent| !parents.contains(parent));
            parents.extend(parent.cloned());
        }
        parents
    }

    fn step(&mut self, number: usize) -> io::Result<()> {
        let area = AREAS[number % AREAS.len()];
        let parents = self.parents(4);
        let columns = self.dice.columns(2);
        let mut text = match number {
            _ if number.is_multiple_of(6) => "{{ config(materialized='ephemeral') }}\n".to_owned(),
            _ if number.is_multiple_of(11) => {
                "{{ config(tags=['slow'], pre_hook=\"set lock_timeout = 0\") }}\n".to_owned()
            }
            _ => String::new(),
        };
        text.push_str("{%- set lanes = var('lanes', ['north', 'south']) -%}\n{%- set measures = {'fee': 'sum', 'weight': 'max'} -%}\nwith ");
        for (place, parent) in parents.iter().enumerate() {
            let _infallible = writeln!(text, "p{place} as (select * from {{{{ ref('{parent}') }}}}),");
        }
        text.push_str("merged as (\n    select p0.id,\n    {% for lane in lanes -%}\n    count(case when p0.lane = '{{ lane }}' then 1 end) as {{ lane }}_count,\n    {% endfor -%}\n    {% for column, how in measures.items() -%}\n    {{ how }}(p0.{{ column }}) as {{ how }}_{{ column }}{{ ',' if not loop.last }}\n    {% endfor %}\n    from p0\n");
        for place in 1..parents.len() {
            let _infallible = writeln!(text, "    left join p{place} on p{place}.id = p0.id");
        }
        text.push_str("    group by {{ range(1, 2) | join(', ') }}\n)\n-- {{ this.identifier }}\nselect *, {{ share_of('sum_fee', 'max_weight') }} as rate from merged\n");
        self.model(
            &format!("models/steps/{area}/part_{}", number / 400),
            format!("int_{area}__{number:05}"),
            &text,
            &columns,
            5,
        )
    }

    fn mart(&mut self, number: usize) -> io::Result<()> {
        let area = AREAS[number % AREAS.len()];
        let parents = self.parents(5);
        let columns = self.dice.columns(5);
        let mut text = match number {
            _ if number.is_multiple_of(5) => "{{\n  config(\n    materialized='incremental',\n    unique_key='id',\n    on_schema_change='append_new_columns',\n    tags=['nightly']\n  )\n}}\n".to_owned(),
            _ if number.is_multiple_of(3) => format!("{{{{ config(materialized='table', meta={{'steward': '{area}'}}, grants={{'select': ['harbour_office']}}) }}}}\n"),
            _ => String::new(),
        };
        let listed: Vec<String> = columns.iter().map(|column| format!("'{column}'")).collect();
        let _infallible = writeln!(
            text,
            "{{% set wanted = [{}] %}}\nwith base as (select * from {{{{ ref('{}') }}}} {{{{ since_last('closed_at') }}}})",
            listed.join(", "),
            parents[0]
        );
        for (place, parent) in parents.iter().enumerate().skip(1) {
            let _infallible = writeln!(
                text,
                ", p{place} as (select {{{{ listed(wanted, none, ['captain']) }}}}, id from {{{{ ref('{parent}') }}}})"
            );
        }
        text.push_str("select base.id, {{ listed(wanted, 'base') }},\n    {{ counts_by('base.status', ['open', 'held', 'Long Gone'], prefix='is_') }},\n    {{ named(id='berth_id', lane='lane') }},\n    {{ dbt.current_timestamp() }} as loaded_at\nfrom base\n");
        for place in 1..parents.len() {
            let _infallible = writeln!(text, "left join p{place} on p{place}.id = base.id");
        }
        self.model(
            &format!("models/marts/{area}/part_{}", number / 400),
            format!("mart_{area}_{number:05}"),
            &text,
            &columns,
            7,
        )
    }

    /// Writes a model, and an entry about it for so many models in ten.
    fn model(&mut self, folder: &str, name: String, text: &str, columns: &[&str], described: usize) -> io::Result<()> {
        self.file(&format!("{folder}/{name}.sql"), text)?;
        if self.dice.roll(10) < described {
            let entry = self.entry(&name, columns);
            self.entries.entry(folder.to_owned()).or_default().push(entry);
        }
        self.names.push(name);
        Ok(())
    }

    fn entry(&mut self, name: &str, columns: &[&str]) -> String {
        let mut entry = format!("  - name: {name}\n    description: One row for each thing of {name}.\n");
        if self.dice.roll(3) == 0 {
            entry.push_str("    tests:\n      - rows_above:\n          least: 1\n");
        }
        entry.push_str("    columns:\n      - name: id\n        description: What it is known by\n        tests: [unique, not_null]\n");
        for column in columns {
            let text =
                if self.dice.roll(5) < 2 { format!("'{{{{ doc(\"{column}\") }}}}'") } else { format!("The {column}") };
            let _infallible = writeln!(entry, "      - name: {column}\n        description: {text}");
            match *column {
                "status" => entry
                    .push_str("        tests:\n          - accepted_values:\n              values: ['open', 'held']\n"),
                "fee" => entry.push_str("        data_type: numeric\n        tests: [never_negative]\n"),
                "operator" => {
                    let place = self.dice.roll(self.names.len());
                    let parent = self.names.get(place).map_or(name, String::as_str);
                    let _infallible = writeln!(
                        entry,
                        "        tests:\n          - relationships:\n              to: ref('{parent}')\n              field: id\n              config: {{where: operator is not null}}"
                    );
                }
                _ => {}
            }
        }
        entry
    }

    fn others(&mut self, models: usize) -> io::Result<()> {
        for number in 0..=(models / 100) {
            let place = self.dice.roll(self.names.len());
            let Some(name) = self.names.get(place) else { continue };
            self.file(
                &format!("tests/no_orphans_{number:03}.sql"),
                &format!("select id from {{{{ ref('{name}') }}}} where id is null\n"),
            )?;
            self.file(
                &format!("analyses/look_{number:03}.sql"),
                &format!("select count(*) from {{{{ ref('{name}') }}}}\n"),
            )?;
            let exposure = format!(
                "exposures:\n  - name: board_{number}\n    type: dashboard\n    owner: {{email: office@harbour.example}}\n    depends_on:\n      - ref('{name}')\n"
            );
            self.file(&format!("models/boards/board_{number:03}.yml"), &exposure)?;
            if number < 20 {
                self.file(&format!("seeds/codes_{number:02}.csv"), "id,code\n1,a\n2,b\n")?;
                let text = format!(
                    "{{% snapshot was_{number:02} %}}\n{{{{ config(target_schema='was', unique_key='id', strategy='timestamp', updated_at='closed_at') }}}}\nselect * from {{{{ ref('{name}') }}}}\n{{% endsnapshot %}}\n"
                );
                self.file(&format!("snapshots/was_{number:02}.sql"), &text)?;
            }
        }
        Ok(())
    }

    fn properties(&self) -> io::Result<()> {
        for (folder, entries) in &self.entries {
            for (number, some) in entries.chunks(ENTRIES_PER_FILE).enumerate() {
                self.file(
                    &format!("{folder}/models_{number}.yml"),
                    &format!("version: 2\nmodels:\n{}", some.concat()),
                )?;
            }
        }
        Ok(())
    }
}
