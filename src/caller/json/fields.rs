//! The fields of a message: found by name, and given values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost_reflect::{
    DynamicMessage, FieldDescriptor, Kind, MessageDescriptor, ReflectMessage as _, Value,
};

use crate::caller::contract::unknown;
use crate::caller::describe::type_name;

/// How many characters of a wrong value an error shows.
const SHOWN: usize = 40;

/// Why a field does not take a value, in a sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct FieldError(pub String);

/// A field, and where it is in the message: `lo.latitude`. The message itself has an empty path.
#[derive(Debug, Clone)]
pub struct Target {
    /// The names of the fields that lead there.
    pub path: String,
    /// The type of its value; of a list, that of an item.
    pub kind: Kind,
    /// How many values it has.
    pub shape: Shape,
}

/// How many values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One.
    One,
    /// A list.
    List,
    /// A map.
    Map,
}

impl Target {
    /// The message itself.
    pub fn whole(message: &MessageDescriptor) -> Target {
        Target {
            path: String::new(),
            kind: Kind::Message(message.clone()),
            shape: Shape::One,
        }
    }

    /// A field of the message at this place.
    pub fn field(&self, field: &FieldDescriptor) -> Target {
        let dot = if self.path.is_empty() { "" } else { "." };
        Target {
            path: format!("{}{dot}{}", self.path, field.name()),
            kind: field.kind(),
            shape: if field.is_map() {
                Shape::Map
            } else if field.is_list() {
                Shape::List
            } else {
                Shape::One
            },
        }
    }

    /// One item of a list, or one value of a map.
    pub fn item(&self, key: &str, kind: Kind) -> Target {
        Target {
            path: format!("{}[{key}]", self.path),
            kind,
            shape: Shape::One,
        }
    }

    /// That a value is none for this place.
    pub fn wrong(&self, found: &str) -> FieldError {
        let found = shortened(found);
        FieldError(match self.path.is_empty() {
            true => format!("a message must be a JSON object, such as {{}}, and this is {found}"),
            false => format!("`{}` is {}, and {found} is not", self.path, self.expected()),
        })
    }

    /// What belongs here: `an int32, a whole number`.
    fn expected(&self) -> String {
        let name = type_name(&self.kind, "");
        let last = name.rsplit('.').next().unwrap_or(&name);
        match (&self.kind, self.shape) {
            (_, Shape::List) => "a list, such as []".to_string(),
            (_, Shape::Map) => "a map, a JSON object".to_string(),
            (Kind::Message(_), _) => format!("{}, a JSON object", with_article(last)),
            (Kind::Enum(values), _) => {
                let names: Vec<String> = values.values().map(|value| value.name().into()).collect();
                format!("{}, one of {}", with_article(last), names.join(", "))
            }
            (Kind::String, _) => "a string".to_string(),
            (Kind::Bytes, _) => "bytes, a string in base64".to_string(),
            (Kind::Bool, _) => "a bool, true or false".to_string(),
            (Kind::Float | Kind::Double, _) => format!("a {last}, a number"),
            _ => format!("{}, a whole number", with_article(last)),
        }
    }

    /// The value of a whole number.
    ///
    /// # Errors
    ///
    /// If another type belongs here, or the number is out of its range.
    pub fn integer(&self, number: i128) -> Result<Value, FieldError> {
        if self.shape != Shape::One {
            return Err(self.wrong(&number.to_string()));
        }
        #[allow(
            clippy::cast_precision_loss,
            reason = "what a float cannot hold exactly, it rounds"
        )]
        let float = number as f64;
        match &self.kind {
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => self.in_range(number, Value::I32),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => self.in_range(number, Value::I64),
            Kind::Uint32 | Kind::Fixed32 => self.in_range(number, Value::U32),
            Kind::Uint64 | Kind::Fixed64 => self.in_range(number, Value::U64),
            Kind::Enum(_) => self.in_range(number, Value::EnumNumber),
            Kind::Float | Kind::Double => self.float(float),
            _ => Err(self.wrong(&number.to_string())),
        }
    }

    fn in_range<T: TryFrom<i128> + Bounded>(
        &self,
        number: i128,
        value: fn(T) -> Value,
    ) -> Result<Value, FieldError> {
        let in_range = T::try_from(number).map(value);
        in_range.map_err(|_| self.out_of_range::<T>(&number.to_string()))
    }

    fn out_of_range<T: Bounded>(&self, number: &str) -> FieldError {
        let (least, greatest) = T::BOUNDS;
        FieldError(format!(
            "`{}` is {}, and {} is out of its range, {least} to {greatest}",
            self.path,
            self.expected(),
            shortened(number)
        ))
    }

    /// The value of a number that may have a fraction.
    ///
    /// # Errors
    ///
    /// If another type belongs here, or the number is out of its range.
    pub fn float(&self, number: f64) -> Result<Value, FieldError> {
        let is_whole = number.fract() == 0.0;
        match (&self.kind, self.shape) {
            (Kind::Double, Shape::One) => Ok(Value::F64(number)),
            #[allow(
                clippy::cast_possible_truncation,
                reason = "a float has fewer digits, and its range is looked at"
            )]
            (Kind::Float, Shape::One) => match number as f32 {
                float if float.is_infinite() && number.is_finite() => Err(FieldError(format!(
                    "`{}` is a float, and {number} is out of its range",
                    self.path
                ))),
                float => Ok(Value::F32(float)),
            },
            #[allow(clippy::cast_possible_truncation, reason = "the bound is looked at")]
            (_, Shape::One) if is_whole && number.abs() < 1e30 => self.integer(number as i128),
            _ => Err(self.wrong(&number.to_string())),
        }
    }

    /// The value of a JSON string. By the mapping, numbers may be strings, too.
    ///
    /// # Errors
    ///
    /// If the string is no value of the type that belongs here.
    pub fn text(&self, text: &str) -> Result<Value, FieldError> {
        let wrong = || self.wrong(&format!("{text:?}"));
        if self.shape != Shape::One {
            return Err(wrong());
        }
        match &self.kind {
            Kind::String => Ok(Value::String(text.to_string())),
            Kind::Bytes => {
                let bytes = STANDARD.decode(text).map_err(|_| wrong())?;
                Ok(Value::Bytes(bytes.into()))
            }
            Kind::Enum(values) => match values.get_value_by_name(text) {
                Some(value) => Ok(Value::EnumNumber(value.number())),
                None => text
                    .parse()
                    .map_or_else(|_| Err(wrong()), |number| self.integer(number)),
            },
            Kind::Message(_) | Kind::Bool => Err(wrong()),
            _ => match text.parse::<i128>() {
                Ok(number) => self.integer(number),
                // Rust and JSON write infinity and what is no number alike.
                Err(_) => match text.parse::<f64>() {
                    Ok(number) => self.float(number),
                    Err(_) => Err(wrong()),
                },
            },
        }
    }
}

/// The least and the greatest value of a type.
trait Bounded {
    const BOUNDS: (i128, i128);
}

macro_rules! bounded {
    ($($integer:ident),+) => {
        $( impl Bounded for $integer {
            const BOUNDS: (i128, i128) = ($integer::MIN as i128, $integer::MAX as i128);
        } )+
    };
}

bounded!(i32, i64, u32, u64);

/// The field with this name, as in the .proto or in camelCase.
///
/// # Errors
///
/// If the message has no such field: the nearest, and those that it has.
pub fn find_field(message: &MessageDescriptor, name: &str) -> Result<FieldDescriptor, FieldError> {
    let by_name = message.get_field_by_name(name);
    by_name
        .or_else(|| message.get_field_by_json_name(name))
        .ok_or_else(|| {
            let problem = format!("{} has no field `{}`", message.name(), shortened(name));
            let names: Vec<String> = message.fields().map(|field| field.name().into()).collect();
            let problem = unknown(&problem, name, names.iter().map(String::as_str));
            let stop = if problem.ends_with('?') { "" } else { "." };
            FieldError(match names.as_slice() {
                [] => format!("{problem}{stop} It has no fields"),
                [only] => format!("{problem}{stop} Its only field is {only}"),
                all => format!("{problem}{stop} Its fields are {}", all.join(", ")),
            })
        })
}

/// That a field cannot be set because another field of its oneof is.
///
/// # Errors
///
/// [`FieldError`] if that is so.
pub fn check_oneof(message: &DynamicMessage, field: &FieldDescriptor) -> Result<(), FieldError> {
    let Some(group) = field.containing_oneof() else {
        return Ok(());
    };
    match group.fields().find(|other| message.has_field(other)) {
        Some(other) if other.number() != field.number() => Err(FieldError(format!(
            "`{}` and `{}` are in one oneof, `{}`: only one of them can be set",
            other.name(),
            field.name(),
            group.name()
        ))),
        _ => Ok(()),
    }
}

/// Sets one field of a message, from a path such as `lo.latitude` and a text. Returns the path with the names of the
/// .proto.
///
/// # Errors
///
/// If there is no such field, or the text is no value for it.
pub fn assign(message: &mut DynamicMessage, path: &str, text: &str) -> Result<String, FieldError> {
    assign_below(message, &Target::whole(&message.descriptor()), path, text)
}

fn assign_below(
    message: &mut DynamicMessage,
    place: &Target,
    path: &str,
    text: &str,
) -> Result<String, FieldError> {
    let (name, rest) = match path.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (path, None),
    };
    let field = find_field(&message.descriptor(), name)?;
    let target = place.field(&field);
    check_oneof(message, &field)?;
    let is_one = target.shape == Shape::One;
    match (rest, &target.kind) {
        (Some(rest), Kind::Message(_)) if is_one => match message.get_field_mut(&field) {
            Value::Message(inner) => assign_below(inner, &target, rest, text),
            _ => Err(target.wrong(text)),
        },
        (Some(rest), _) => Err(FieldError(format!(
            "`{}` is {}, and has no field `{rest}`",
            target.path,
            target.expected()
        ))),
        (None, _) if !is_one => Err(FieldError(format!(
            "`{}` is {}: write this message as JSON",
            target.path,
            target.expected()
        ))),
        (None, Kind::Message(inner)) => {
            let first = inner.fields().next();
            let first = first.map_or("FIELD".to_string(), |field| field.name().to_string());
            Err(FieldError(format!(
                "`{}` is {}: set its fields, such as {}.{first}=…",
                target.path,
                with_article(inner.name()),
                target.path
            )))
        }
        (None, _) => {
            let value = match (&target.kind, text) {
                (Kind::Bool, "true") => Value::Bool(true),
                (Kind::Bool, "false") => Value::Bool(false),
                _ => target.text(text)?,
            };
            message.set_field(&field, value);
            Ok(target.path)
        }
    }
}

/// `an int32`, `a Point`.
fn with_article(name: &str) -> String {
    let vowel = name.starts_with(|c: char| "aeioAEIO".contains(c));
    format!("{} {name}", if vowel { "an" } else { "a" })
}

/// The beginning of a text.
fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_string(),
    }
}
