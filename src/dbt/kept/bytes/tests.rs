//! Values come back as they were; damage is refused.

use serde_json::json;

use super::*;

fn again<T: Keep>(value: &T) -> Result<T, Damaged> {
    let mut writer = Writer::default();
    value.write(&mut writer);
    let mut reader = Reader::new(&writer.bytes, &[]);
    let read = T::read(&mut reader)?;
    assert!(reader.is_at_end());
    Ok(read)
}

#[test]
fn numbers_come_back_whatever_their_size() {
    for number in [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX] {
        assert_eq!(again(&number), Ok(number));
    }
    assert_eq!(again(&u128::MAX), Ok(u128::MAX));
}

#[test]
fn every_json_value_comes_back() {
    let values = [
        json!(null),
        json!([true, false, 0, -1, i64::MIN, u64::MAX, 1.5, -0.0, 1e300]),
        json!({"z": {"a": [], "b": {}}, "a": "é\n\u{0}", "": [[["x"]]]}),
    ];
    for value in values {
        assert_eq!(again(&value), Ok(value.clone()));
    }
}

#[test]
fn keys_keep_their_order() {
    let map: IndexMap<String, Value> = [("b".to_owned(), json!(1)), ("a".to_owned(), json!(2))].into();
    let read = again(&map).unwrap();
    assert_eq!(read.keys().collect::<Vec<_>>(), ["b", "a"]);
}

#[test]
fn a_shared_configuration_is_written_once_and_shared_again() {
    let shared: Config = Arc::new([("x".repeat(1000), json!(1))].into());
    let nodes = vec![Arc::clone(&shared), Arc::clone(&shared)];
    let table = ConfigTable::of(&nodes);
    assert_eq!(table.all.len(), 1);
    let mut writer = Writer::with_configs(&table);
    nodes.write(&mut writer);
    assert!(writer.bytes.len() < 10);
    let read: Vec<Config> = Vec::read(&mut Reader::new(&writer.bytes, &table.all)).unwrap();
    assert_eq!(read, nodes);
    assert!(Arc::ptr_eq(&read[0], &read[1]));
}

#[test]
fn what_is_cut_off_or_changed_is_refused_or_different_and_never_a_panic() {
    let value = json!({"models": [{"name": "orders", "columns": [1, 2.5, null, true]}], "t": "text"});
    let mut writer = Writer::default();
    value.write(&mut writer);
    for length in 0..writer.bytes.len() {
        assert_eq!(Value::read(&mut Reader::new(&writer.bytes[..length], &[])), Err(Damaged), "{length}");
    }
    for at in 0..writer.bytes.len() {
        for flipped in [0x01, 0x80, 0xff] {
            let mut bytes = writer.bytes.clone();
            bytes[at] ^= flipped;
            let _ = Value::read(&mut Reader::new(&bytes, &[]));
        }
    }
}

#[test]
fn a_length_that_lies_takes_no_memory() {
    let mut writer = Writer::default();
    writer.number(u64::MAX >> 1);
    assert_eq!(String::read(&mut Reader::new(&writer.bytes, &[])), Err(Damaged));
    assert_eq!(Vec::<String>::read(&mut Reader::new(&writer.bytes, &[])), Err(Damaged));
    let deep = [7u8, 1].repeat(100_000);
    assert_eq!(Value::read(&mut Reader::new(&deep, &[])), Err(Damaged));
}
