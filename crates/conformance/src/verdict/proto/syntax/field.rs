//! The line of a field, and how it is written in other languages.

use crate::verdict::proto::scan::is_name;

/// A field that is written as it should be.
pub struct Field<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its number.
    pub number: &'a str,
}

/// `int32 latitude = 1;`, perhaps with a label in front.
pub fn field(line: &str) -> Option<Field<'_>> {
    let (left, right) = line.split_once('=')?;
    let mut words = left.split_whitespace().rev();
    let name = words.next().filter(|name| is_name(name))?;
    words.next()?;
    let number = right.trim().split(|c: char| !c.is_ascii_digit()).next()?;
    (!number.is_empty()).then_some(Field { name, number })
}

/// Name, type and number of `latitude: int32 = 1;` and of `latitude int32 = 1;`.
pub fn rust_order(line: &str) -> Option<(&str, &str, &str)> {
    let (left, right) = line.trim().split_once('=')?;
    let (name, kind) = match left.split_once(':') {
        Some((name, kind)) => (name.trim(), kind.trim()),
        None => {
            let (name, kind) = left.trim().split_once(' ')?;
            let kind = kind.trim();
            let is_scalar = ["int32", "string", "int64", "double", "bool"].contains(&kind);
            (name, is_scalar.then_some(kind)?)
        }
    };
    let number = right.trim().split(|c: char| !c.is_ascii_digit()).next()?;
    (is_name(name) && is_name(kind)).then_some((name, kind, number))
}

/// The sentence for a field whose type comes behind its name.
pub fn type_first(name: &str, kind: &str, number: &str) -> String {
    let kind = scalar(kind).unwrap_or(kind);
    format!("In a .proto, the type comes before the name: `{kind} {name} = {number};`.")
}

/// The type of a .proto that a type of another language stands for.
pub fn scalar(name: &str) -> Option<&'static str> {
    Some(match name {
        "int" | "i32" | "integer" | "Int" | "Integer" | "Int32" | "i16" | "i8" => "int32",
        "long" | "i64" | "Int64" | "Long" => "int64",
        "u32" | "uint" | "UInt32" => "uint32",
        "u64" | "usize" | "UInt64" => "uint64",
        "String" | "str" | "text" | "char" => "string",
        "f32" | "Float" => "float",
        "f64" | "Double" => "double",
        "boolean" | "Bool" | "Boolean" => "bool",
        _ => return None,
    })
}
