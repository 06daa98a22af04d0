//! The host's objects and functions.

use std::cell::Cell;
use std::cmp::Ordering;
use std::rc::Rc;

use ebbtide::jinja::{Args, BinaryOperator, Error, Interpreter, Object, Scope, Value};

use super::support::{names, render_in};

/// A day, counted from some start.
struct Day(i64);

impl Object for Day {
    fn type_name(&self) -> &'static str {
        "date"
    }

    fn get_attr(&self, name: &str) -> Option<Value> {
        (name == "number").then_some(Value::Int(self.0))
    }

    fn get_item(&self, key: &Value) -> Option<Value> {
        (key.as_str() == Some("item")).then(|| Value::from("by item"))
    }

    fn call(&self, _: &mut Interpreter<'_>, args: Args) -> Result<Value, Error> {
        let [add] = args.bind("Day", ["add"], 1)?;
        Ok(Value::object(Self(self.0 + add.and_then(|add| add.as_int()).unwrap_or(0))))
    }

    fn is_callable(&self) -> bool {
        true
    }

    fn call_method(&self, _: &mut Interpreter<'_>, name: &str, args: &Args) -> Option<Result<Value, Error>> {
        (name == "strftime").then(|| Ok(args.positional.first().cloned().unwrap_or_default()))
    }

    fn compare(&self, other: &Value) -> Option<Ordering> {
        Some(self.0.cmp(&other.downcast::<Self>()?.0))
    }

    fn equals(&self, other: &Value) -> bool {
        other.downcast::<Self>().is_some_and(|other| other.0 == self.0)
    }

    fn operate(&self, operator: BinaryOperator, other: &Value, reflected: bool) -> Option<Result<Value, Error>> {
        let other = other.as_int()?;
        match (operator, reflected) {
            (BinaryOperator::Add, _) => Some(Ok(Value::object(Self(self.0 + other)))),
            (BinaryOperator::Subtract, false) => Some(Ok(Value::object(Self(self.0 - other)))),
            _ => None,
        }
    }

    fn iterate(&self) -> Option<Vec<Value>> {
        Some(vec![Value::Int(self.0)])
    }

    fn to_str(&self) -> String {
        format!("day {}", self.0)
    }

    fn repr(&self) -> String {
        format!("Day({})", self.0)
    }
}

fn scope() -> Rc<dyn Scope> {
    let sum = Value::function("sum_of", |_, args| {
        let [a, b] = args.bind("sum_of", ["a", "b"], 1)?;
        let number = |value: Option<Value>| value.and_then(|value| value.as_int()).unwrap_or(10);
        Ok(Value::Int(number(a) + number(b)))
    });
    names([("day", Value::object(Day(3))), ("sum_of", sum)])
}

fn check(table: &[(&str, &str)]) {
    for (source, expected) in table {
        let got = render_in(source, &scope()).unwrap_or_else(|error| error.message().to_owned());
        assert_eq!(got, *expected, "{source}");
    }
}

#[test]
fn objects_answer_for_themselves() {
    check(&[
        ("{{ day }} {{ [day] }}", "day 3 [Day(3)]"),
        ("{{ day.number }}{{ day['number'] }}{{ day.item }}{{ day['item'] }}", "33by itemby item"),
        ("{{ day.nope is defined }}{{ day.nope }}", "False"),
        ("{{ day.nope.x }}", "'date object' has no attribute 'nope'"),
        ("{{ day(4) }} {{ day is callable }}", "day 7 True"),
        ("{{ day.strftime('%Y') }}", "%Y"),
        ("{{ day + 1 }} {{ 1 + day }} {{ day - 1 }}", "day 4 day 4 day 2"),
        ("{{ day * 2 }}", "unsupported operand type(s) for *: 'date' and 'int'"),
        ("{{ day < day(1) }} {{ day == day(0) }} {{ day == 3 }}", "True True False"),
        ("{{ [day(1), day]|sort }}{{ [day, day(1)]|max }}", "[Day(3), Day(4)]day 4"),
        ("{% for x in day %}{{ x }}{% endfor %}{{ 3 in day }}", "3True"),
        ("{{ day < 1 }}", "'<' not supported between instances of 'date' and 'int'"),
        ("{{ {day: 1}[day] }}", "1"),
    ]);
}

#[test]
fn functions_complain_as_python_functions_do() {
    check(&[
        ("{{ sum_of(1) }}{{ sum_of(1, b=2) }}{{ sum_of(b=1, a=1) }}", "1132"),
        ("{{ sum_of() }}", "sum_of() missing 1 required positional argument: 'a'"),
        ("{{ sum_of(1, 2, 3) }}", "sum_of() takes from 1 to 2 positional arguments but 3 were given"),
        ("{{ sum_of(1, c=2) }}", "sum_of() got an unexpected keyword argument 'c'"),
        ("{{ sum_of(1, a=2) }}", "sum_of() got multiple values for argument 'a'"),
    ]);
}

#[test]
fn a_scope_wins_over_jinjas_globals() {
    let scope = names([("range", Value::from("mine"))]);
    assert_eq!(render_in("{{ range }}{{ dict(a=1) }}", &scope).expect("a text"), "mine{'a': 1}");
}

#[test]
fn values_are_shared_with_the_host() {
    let list = Value::list(vec![]);
    render_in("{% do l.append(1) %}{% do l.append({'a': 2}) %}", &names([("l", list.clone())])).expect("a text");
    assert_eq!(list.repr(), "[1, {'a': 2}]");
}

#[test]
fn a_name_is_looked_up_when_it_is_read() {
    struct Counting(Cell<u32>);
    impl Scope for Counting {
        fn lookup(&self, name: &str) -> Option<Value> {
            (name == "x").then(|| {
                self.0.set(self.0.get() + 1);
                Value::Int(1)
            })
        }
    }
    let counting = Rc::new(Counting(Cell::new(0)));
    let scope: Rc<dyn Scope> = Rc::clone(&counting) as Rc<dyn Scope>;
    assert_eq!(render_in("{% if false %}{{ x }}{% endif %}", &scope).expect("a text"), "");
    assert_eq!(counting.0.get(), 0);
}
