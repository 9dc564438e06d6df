//! DFU with ST's DfuSe extension, as Particle bootloaders speak it.

pub mod protocol;
