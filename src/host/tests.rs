//! The numbers of flows made by hand.
