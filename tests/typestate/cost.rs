// The same program twice: with a type for each step, and without types.
#![crate_type = "lib"]

pub struct Order<S> {
    cents: u64,
    _state: S,
}
pub struct Open;
pub struct Priced;

impl Order<Open> {
    #[inline]
    pub fn price(self, discount: u64) -> Order<Priced> {
        Order { cents: self.cents - self.cents * discount / 100, _state: Priced }
    }
}

impl Order<Priced> {
    #[inline]
    pub fn total(&self) -> u64 {
        self.cents + self.cents / 5
    }
}

#[unsafe(no_mangle)]
pub fn typed(cents: u64, discount: u64) -> u64 {
    Order { cents, _state: Open }.price(discount).total()
}

#[unsafe(no_mangle)]
pub fn untyped(cents: u64, discount: u64) -> u64 {
    let priced = cents - cents * discount / 100;
    priced + priced / 5
}
