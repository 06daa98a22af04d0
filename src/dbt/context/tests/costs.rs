//! What dbt's own functions cost a template: each counts its work, so that a template that calls them for ever, or
//! with values far larger than its text, ends. Counts only; no test looks at a clock.

use super::*;
use crate::dbt::context::regex::pattern::width;
use crate::dbt::node::NodeKind;
use crate::jinja::{Error, ErrorKind};

/// A limit that debug builds reach soon.
const STEPS: u64 = 300_000;

/// What a model's text gives, with so few steps.
fn rendered(text: &str) -> Result<String, Error> {
    let node = Node { name: "n".to_owned(), package_name: "root".to_owned(), ..Node::new(NodeKind::Model) };
    let context = Context::of_node(&shared(Adapter::Postgres), Phase::Parse, Arc::new(node), &Rc::default());
    let cancelled = AtomicBool::new(false);
    let mut interpreter = Interpreter::new(Limits { steps: STEPS, ..Limits::default() }, &cancelled);
    interpreter.render(&Template::parse("n.sql", text)?, &context.scope())
}

/// Each reaches a limit.
#[track_caller]
fn ends(texts: &[&str]) {
    for text in texts {
        let error = rendered(text).map_or_else(|error| error, |text| Error::raised(format!("{} bytes", text.len())));
        assert_eq!(error.kind(), ErrorKind::Limit, "{text}: {error:?}");
    }
}

/// Each ends with this sentence, whatever it is.
#[track_caller]
fn fails(table: &[(&str, &str)]) {
    for (text, sentence) in table {
        assert_eq!(rendered(text).map_err(|error| error.message().to_owned()), Err((*sentence).to_owned()), "{text}");
    }
}

/// A list of lists that is small to keep and endless to walk.
const SHARED: &str = "{% set ns = namespace(a=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}";

#[track_caller]
fn ends_with_a_shared_list(calls: &[&str]) {
    let texts: Vec<String> = calls.iter().map(|call| format!("{SHARED}{{% do {call} %}}")).collect();
    ends(&texts.iter().map(String::as_str).collect::<Vec<_>>());
}

#[test]
fn a_list_that_holds_itself_is_no_configuration() {
    let circular = "Circular reference detected";
    fails(&[
        ("{% set l = [] %}{% do l.append(l) %}{{ config(meta=l) }}", circular),
        ("{% set d = {} %}{% do d.update({'a': d}) %}{{ config(meta=d) }}", circular),
        ("{% set d = {} %}{% do d.update({'a': d}) %}{{ config(d) }}", circular),
        ("{% set d = {} %}{% do d.update({'a': [d]}) %}{{ config.set('a', d) }}", circular),
    ]);
}

#[test]
fn a_shared_list_is_too_large_for_json_and_yaml() {
    ends_with_a_shared_list(&[
        "tojson(ns.a)",
        "toyaml(ns.a)",
        "fromjson(ns.a)",
        "fromyaml(ns.a)",
        "diff_of_two_dicts(ns.a, {})",
    ]);
}

#[test]
fn a_shared_list_is_too_large_for_a_configuration() {
    ends_with_a_shared_list(&["config(meta=ns.a)", "config({'meta': ns.a})", "config.set('meta', ns.a)"]);
}

#[test]
fn a_shared_list_is_too_large_to_be_a_name() {
    ends_with_a_shared_list(&[
        "ref(ns.a)",
        "source(ns.a, 'b')",
        "metric(ns.a)",
        "local_md5(ns.a)",
        "env_var(ns.a)",
        "env_var('x', ns.a)",
        "store_result(ns.a, 1)",
        "load_result(ns.a)",
        "render(ns.a)",
    ]);
}

#[test]
fn a_shared_list_is_too_large_for_adapters_and_relations() {
    ends_with_a_shared_list(&[
        "adapter.quote(ns.a)",
        "api.Relation.create(database=ns.a)",
        "this.incorporate(path=ns.a)",
        "api.Column.translate_type(ns.a)",
        "exceptions.raise_compiler_error(ns.a)",
        "exceptions.warn(ns.a)",
    ]);
}

#[test]
fn a_shared_list_is_too_large_for_the_modules_of_python() {
    ends_with_a_shared_list(&[
        "modules.re.sub('a', ns.a, 'a')",
        "modules.re.compile(ns.a)",
        "modules.re.escape(ns.a)",
        "modules.pytz.timezone(ns.a)",
        "modules.datetime.datetime.strptime(ns.a, '%Y')",
        "modules.datetime.date.fromisoformat(ns.a)",
        "run_started_at.strftime(ns.a)",
    ]);
}

/// A loop of few turns, each with a text of a mebibyte.
#[track_caller]
fn ends_with_long_texts(calls: &[&str]) {
    for call in calls {
        let text = format!("{{% set s = 'x' * 1000000 %}}{{% for i in range(40) %}}{{% do {call} %}}{{% endfor %}}");
        ends(&[&text]);
    }
}

#[test]
fn long_texts_cannot_be_hashed_or_read_again_and_again() {
    ends_with_long_texts(&["local_md5(s)", "tojson(s)", "fromjson(s)", "fromyaml(s)", "toyaml(s)", "render(s)"]);
}

#[test]
fn long_texts_cannot_be_passed_again_and_again() {
    ends_with_long_texts(&["env_var('x', s)", "ref(s)", "adapter.quote(s)", "modules.re.escape(s)", "config(alias=s)"]);
}

#[test]
fn long_texts_cannot_be_searched_again_and_again() {
    ends_with_long_texts(&[
        "modules.re.search('y', s)",
        "modules.re.findall('x', s)",
        "modules.re.split('x', s)",
        "modules.re.sub('x', 'y', s)",
        "modules.re.compile('y').match(s)",
    ]);
}

#[test]
fn a_replacement_is_no_longer_than_a_text_may_be() {
    ends(&[
        "{% set s = 'x' * 1000 %}{{ modules.re.sub('', s, s * 100) }}",
        "{% set s = 'x' * 20000 %}{{ modules.re.sub('x+', '\\\\g<0>' * 20000, s) }}",
    ]);
}

#[test]
fn patterns_that_need_much_work_for_each_byte_cost_more() {
    let count = |pattern: &str| width(pattern, 1 << 20);
    assert_eq!((count("abc"), count("a{10}"), count("(ab){10}"), count("((a){10}){10}")), (3, 15, 80, 1300));
    assert_eq!(count("((((a){1000}){1000}){1000}){1000}"), (1 << 20) / 64);
    assert_eq!(width("((a){1000}){1000}", 1 << 14), (1 << 14) / 64);
    ends(&["{{ modules.re.search('(([ab]{1,30}){1,30})+[ab]$', 'ab' * 1000) }}"]);
}

#[test]
fn a_pattern_is_made_once() {
    let text = "{% for i in range(2000) %}{% do modules.re.search('[a-f]+', 'x') %}{% endfor %}done";
    assert_eq!(rendered(text).unwrap(), "done");
    ends(&["{% for i in range(2000) %}{% do modules.re.search('[a-f]+' ~ i, 'x') %}{% endfor %}"]);
}

#[test]
fn products_and_rows_are_counted() {
    ends(&[
        "{% set r = range(2)|list %}{% do modules.itertools.product(r,r,r,r,r,r,r,r,r,r,r,r,r,r,r,r,r,r,r,r) %}",
        "{% set r = range(90000) %}{% do zip(r, r) %}",
    ]);
}

#[test]
fn references_and_results_are_counted() {
    let many = |call: &str| format!("{{% for i in range(9000) %}}{{% do {call} %}}{{% endfor %}}");
    for call in ["ref('a')", "source('a', 'b')", "metric('a')", "store_result(i|string, 1)", "config(tags=['a'])"] {
        ends(&[&many(call)]);
    }
}

#[test]
fn a_text_that_is_read_as_json_costs_what_it_becomes() {
    ends(&[
        "{{ fromjson('[' ~ ('[],' * 20000) ~ '1]')|length }}",
        "{{ fromyaml('[' ~ ('[],' * 20000) ~ '1]')|length }}",
    ]);
    assert_eq!(rendered("{{ fromjson('[' ~ ('[],' * 200) ~ '1]')|length }}").unwrap(), "201");
}

#[test]
fn json_that_nests_for_ever_is_not_read() {
    let text = "{{ fromjson('[' * 5000 ~ ']' * 5000, 'none') }} {{ fromyaml('[' * 5000 ~ ']' * 5000, 'none') }}";
    assert_eq!(rendered(text).unwrap(), "none none");
}

#[test]
fn spans_of_time_end_where_pythons_do() {
    fails(&[
        (
            "{% set d = modules.datetime.timedelta(999999999) %}{{ d + d }}",
            "days=1999999998; must have magnitude <= 999999999",
        ),
        (
            "{% set d = modules.datetime.timedelta %}{{ d(-999999999) - d(5) }}",
            "days=-1000000004; must have magnitude <= 999999999",
        ),
        ("{{ modules.datetime.timedelta(10**12) }}", "days=1000000000000; must have magnitude <= 999999999"),
        ("{{ modules.datetime.timedelta(1e30) }}", "Python int too large to convert to C int"),
        ("{{ modules.datetime.timedelta('nan'|float) }}", "cannot convert float NaN to integer"),
        ("{{ modules.datetime.date(9999, 12, 31) + modules.datetime.timedelta(5) }}", "date value out of range"),
        ("{{ modules.datetime.datetime(1, 1, 1) - modules.datetime.timedelta(5) }}", "date value out of range"),
    ]);
    fails(&[
        ("{{ modules.datetime.date(0, 1, 1) }}", "year 0 is out of range"),
        ("{{ modules.datetime.datetime(10000, 1, 1) }}", "year 10000 is out of range"),
    ]);
    assert_eq!(rendered("{{ modules.datetime.timedelta(999999999).days }}").unwrap(), "999999999");
    assert_eq!(rendered("{{ modules.datetime.timedelta(-999999999).days }}").unwrap(), "-999999999");
}

#[test]
fn a_day_moves_by_the_whole_days_of_a_span() {
    for (hours, sum, difference) in [(36, "2024-01-03", "2024-01-01"), (-12, "2024-01-01", "2024-01-03")] {
        let text = format!(
            "{{% set d, h = modules.datetime.date(2024, 1, 2), modules.datetime.timedelta(hours={hours}) %}}\
             {{{{ d + h }}}} {{{{ d - h }}}}"
        );
        assert_eq!(rendered(&text).unwrap(), format!("{sum} {difference}"));
    }
}

#[test]
fn formats_of_time_are_not_for_making_blanks() {
    ends(&[
        "{{ run_started_at.strftime('%255d' * 1000) }}",
        "{% for i in range(1000) %}{% do run_started_at.strftime('%255d' * 100) %}{% endfor %}",
    ]);
    assert_eq!(rendered("{{ run_started_at.strftime('%Y-%m-%d') }}").unwrap(), "1970-01-01");
}

#[test]
fn templates_that_render_each_other_end() {
    let text =
        "{% macro m() %}{{ render('{{ m() }}') }}{% endmacro %}{{ m() }}{{ render('{{ render(\"x\") }}' * 9000) }}";
    let template = Template::parse("n.sql", text);
    assert!(template.is_ok());
    ends(&["{{ render('{{ render(\"x\") }}' * 9000) }}"]);
}

#[test]
fn a_sentence_of_any_length_is_told_shortly() {
    let context = Context::of_package(&shared(Adapter::Postgres), Phase::Parse, "root", &Rc::default());
    let failure = context.explain(&Error::raised("é".repeat(20_000)));
    assert!(failure.message.ends_with("… (23616 bytes more)"), "{}", failure.message.len());
    assert_eq!(failure.message.chars().filter(|c| *c == 'é').count(), 8192);
}

#[test]
fn after_a_few_endless_templates_the_others_are_held_shorter() {
    let shared = shared(Adapter::Postgres);
    let context = Context::of_package(&shared, Phase::Parse, "root", &Rc::default());
    assert_eq!(shared.limits(), Limits::default());
    for _ in 0..20 {
        context.explain(&Error::limit("too much"));
    }
    assert!(shared.limits().steps < Limits::default().steps);
}

#[test]
fn what_templates_leave_in_a_project_is_bounded_in_all() {
    let shared = shared(Adapter::Postgres);
    shared.keep(10, 4096).unwrap();
    shared.keep(1 << 20, 16 << 20).unwrap();
    let left = (0..100).filter(|_| shared.keep(10, 10 << 20).is_ok()).count();
    assert_eq!(left, 12);
    shared.keep(1 << 20, 16 << 20).unwrap();
}

#[test]
fn yaml_whose_templates_make_much_of_little_is_bounded_in_all() {
    let shared = shared(Adapter::Postgres);
    let cancelled = AtomicBool::new(false);
    let mut interpreter = Interpreter::new(Limits::default(), &cancelled);
    let context =
        NativeContext::new(Context::of_package(&shared, Phase::Yaml, "root", &Rc::default()), &mut interpreter);
    let refused = (0..40).find_map(|_| context.render("{{ range(90000)|list }}").err()).expect("a limit");
    assert_eq!(refused.code.as_str(), "DBT-JINJA-LIMIT");
}
