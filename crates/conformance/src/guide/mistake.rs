//! What every enum of mistakes has: a list of all variants, and an id for each.

/// A mistake that the model can make.
pub trait Mistake: Copy + Eq + std::fmt::Debug + 'static {
    /// All of them, each variant, in the order in which they are written down.
    const ALL: &'static [Self];

    /// The stable id, as reports have it. Variants of one mistake share it.
    fn id(self) -> &'static str;
}

/// Makes an enum of mistakes, and all that [`Mistake`] asks of it, from one list: each variant with its
/// comment and, behind `=`, its id. So no variant can be left out of [`Mistake::ALL`].
macro_rules! mistakes {
    (
        $(#[$about:meta])*
        pub enum $name:ident {
            $( $(#[$comment:meta])* $variant:ident = $id:literal, )+
        }
    ) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name {
            $( $(#[$comment])* $variant, )+
        }

        impl $crate::guide::mistake::Mistake for $name {
            const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];

            fn id(self) -> &'static str {
                match self {
                    $( $name::$variant => $id, )+
                }
            }
        }
    };
}

pub(super) use mistakes;
